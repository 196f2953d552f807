using Granary.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Granary.Web.Security;

/// <summary>What a route asks of whoever calls it. Every route has one; a route without is an operator's alone.</summary>
/// <param name="Least">The least role; null: anybody, without a token.</param>
internal sealed record RouteRight(Role? Least);

/// <summary>That a route changes something: calls of it are written to the audit log.</summary>
/// <param name="Action">What the log calls it: "job.cancel".</param>
internal sealed record RouteChange(string Action);

/// <summary>Says of routes who may call them.</summary>
internal static class Rights
{
    /// <summary>Callers need at least this role.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder route, Role least)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new RouteRight(least));

    /// <summary>Anybody may call it: it tells nothing of the cluster.</summary>
    public static TBuilder IsOpen<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new RouteRight(null));

    /// <summary>It changes something.</summary>
    public static TBuilder Changes<TBuilder>(this TBuilder route, string action)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new RouteChange(action));

    /// <summary>The least role that an endpoint needs; null: none. Plain rule.</summary>
    /// <param name="endpoint">The endpoint; null: there is nothing at that address, which only those who have a token are told.</param>
    public static Role? LeastFor(Endpoint? endpoint)
    {
        if (endpoint?.Metadata.GetMetadata<RouteRight>() is { } right)
        {
            return right.Least;
        }

        return endpoint is RouteEndpoint ? Role.Operator : Role.Viewer; // else it is the router's own: a wrong method, a wrong type of content
    }
}
