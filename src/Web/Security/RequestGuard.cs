using Granary.Web.Api;
using Microsoft.AspNetCore.Http;

namespace Granary.Web.Security;

/// <summary>Refuses what <see cref="RequestRule"/> refuses, and tells browsers what the page may do: nothing but show what comes from here.</summary>
/// <param name="next">What answers.</param>
/// <param name="settings">By which names it may be called.</param>
internal sealed class RequestGuard(RequestDelegate next, WebSettings settings)
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private readonly RequestRule _rule = new(settings.Hosts);

    /// <summary>Answers a request.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var (request, headers) = (context.Request, context.Response.Headers);
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        return _rule.Refusal(request.Method, request.Host, request.Headers.Origin.ToString(), request.Headers["Sec-Fetch-Site"].ToString(), context.Connection.LocalIpAddress) is { } refusal
            ? Problem.Of(StatusCodes.Status403Forbidden, "Refused", refusal).ExecuteAsync(context)
            : next(context);
    }
}
