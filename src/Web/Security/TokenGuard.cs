using Granary.Contracts;
using Granary.Web.Api;
using Granary.Web.Auditing;
using Microsoft.AspNetCore.Http;

namespace Granary.Web.Security;

/// <summary>Lets through whoever may do what they ask for, and has what they change written to the audit log. It stands behind the router, which knows what
/// is asked for, and before anything that reads a body.</summary>
/// <param name="next">What answers.</param>
/// <param name="callers">Knows who is behind a token.</param>
/// <param name="audit">The log.</param>
internal sealed class TokenGuard(RequestDelegate next, Callers callers, AuditLog audit)
{
    private const string Remedy = "From the command line: granary login URL. An operator makes one with: granary token create NAME --role viewer|submitter|operator";

    /// <summary>Answers a request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        var least = Rights.LeastFor(endpoint);
        if (least is null)
        {
            await next(context);
            return;
        }

        var (caller, refusal) = await callers.Of(context);
        if (caller is null)
        {
            await Refuse(context, refusal);
            return;
        }

        caller.IsBehind(context);
        await (endpoint?.Metadata.GetMetadata<RouteChange>() is { } change
            ? audit.Note(context, caller, change.Action, () => Answer(context, caller, least.Value))
            : Answer(context, caller, least.Value));
    }

    private Task Answer(HttpContext context, Caller caller, Role least) => caller.Role >= least
        ? next(context)
        : Problem.Of(StatusCodes.Status403Forbidden, "Not allowed", caller.Name.StartsWith(OidcTokens.Prefix, StringComparison.Ordinal)
            ? $"{caller.Name} is {Named(caller.Role)}, and this takes {Named(least)}. The identity provider gives the roles."
            : $"the token '{caller.Name}' is {Named(caller.Role)}'s, and this takes {Named(least)}'s. {Remedy}").ExecuteAsync(context);

    private static Task Refuse(HttpContext context, TokenRefusal refusal)
    {
        var (failure, detail) = (refusal.Failure, refusal.Detail);
        if (failure == TokenFailure.NoRole)
        {
            return Problem.Of(StatusCodes.Status403Forbidden, "Not allowed", $"{detail}.").ExecuteAsync(context);
        }

        if (failure == TokenFailure.CannotBeChecked)
        {
            return Problem.Of(StatusCodes.Status503ServiceUnavailable, "The token cannot be checked", $"{detail}: the log of this silo says why. Ask again in some seconds; tokens of granary token create are taken meanwhile.").ExecuteAsync(context);
        }

        if (failure == TokenFailure.TooMany)
        {
            context.Response.Headers.RetryAfter = "1";
            return Problem.Of(StatusCodes.Status429TooManyRequests, "Too many requests", "too many requests with tokens that are not known are being looked at. Ask again in a second.")
                .ExecuteAsync(context);
        }

        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"granary\"";
        return Problem.Of(StatusCodes.Status401Unauthorized, "A token is needed", failure switch
        {
            TokenFailure.Missing => $"this cluster asks for a token, as the header 'Authorization: Bearer TOKEN'. {Remedy}",
            TokenFailure.Expired => $"the token has expired. {Remedy}",
            TokenFailure.NotGood => $"{detail}.",
            _ => $"this cluster does not know the token: it may have been revoked, or be another cluster's. {Remedy}",
        }).ExecuteAsync(context);
    }

    private static string Named(Role role) => role == Role.Operator ? "an operator" : $"a {role.ToString().ToLowerInvariant()}";
}
