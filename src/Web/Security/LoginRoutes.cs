using Granary.Contracts;
using Granary.Web.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Granary.Web.Security;

/// <summary>How the page keeps a token: in a cookie that no script can read, and that the browser sends to no other site.</summary>
internal static class LoginRoutes
{
    /// <summary>Adds them.</summary>
    public static void MapLogin(this IEndpointRouteBuilder api)
    {
        api.MapPost("/login", (HttpContext context) =>
            {
                if (Callers.TokenOf(context) is { Length: > 0 } token)
                {
                    context.Response.Cookies.Append(Callers.Cookie, token, Options(context));
                }

                return TypedResults.Ok(Document(Caller.Of(context)));
            })
            .Needs(Role.Viewer)
            .Changes("login")
            .Says("Access", "Has a browser keep the token of the request's header, as a cookie", "It is HttpOnly and SameSite=Strict, and Secure over HTTPS.");
        api.MapPost("/logout", (HttpContext context) =>
            {
                context.Response.Cookies.Delete(Callers.Cookie, Options(context));
                return TypedResults.NoContent();
            })
            .IsOpen()
            .Says("Access", "Has a browser forget it");
        api.MapGet("/whoami", (HttpContext context) => TypedResults.Ok(Document(Caller.Of(context))))
            .Needs(Role.Viewer)
            .Says("Access", "Whose token this is, and what they may do");
    }

    private static CallerDocument Document(Caller caller) => new(caller.Name, caller.Role.ToString().ToLowerInvariant(), caller.Owner is not null);

    private static CookieOptions Options(HttpContext context) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps,
        Path = "/",
    };
}
