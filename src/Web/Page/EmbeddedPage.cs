using System.Reflection;
using Granary.Web.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Granary.Web.Page;

/// <summary>The page's files, which are part of this assembly: it needs no network but its own silo.</summary>
internal static class EmbeddedPage
{
    private const string Prefix = "page/";
    private const string Start = "index.html";

    private static readonly Dictionary<string, string> Types = new()
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    };

    private static readonly Assembly Own = typeof(EmbeddedPage).Assembly;

    /// <summary>Adds a route for each file, and the start page at /.</summary>
    public static void MapPage(this IEndpointRouteBuilder app)
    {
        foreach (var resource in Own.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            var name = resource[Prefix.Length..];
            var route = name == Start ? "/" : $"/{name}";
            app.MapGet(route, () => TypedResults.Stream(Own.GetManifestResourceStream(resource)!, Types[Path.GetExtension(name)])).ExcludeFromDescription().IsOpen();
        }
    }
}
