using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Granary.Web.Api;

/// <summary>What the API's description says of a route.</summary>
internal static class RouteWords
{
    /// <summary>Says it.</summary>
    /// <param name="route">The route.</param>
    /// <param name="tag">The part of the description that it is in.</param>
    /// <param name="summary">What it does.</param>
    /// <param name="description">What else there is to know; null: nothing.</param>
    public static RouteHandlerBuilder Says(this RouteHandlerBuilder route, string tag, string summary, string? description = null)
    {
        route.WithTags(tag).WithSummary(summary);
        return description is null ? route : route.WithDescription(description);
    }
}
