using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Granary.Web.Api;

/// <summary>The API's description, /openapi/v1.json.</summary>
internal static class OpenApi
{
    /// <summary>Adds it.</summary>
    public static IServiceCollection AddGranaryOpenApi(this IServiceCollection services) => services.AddOpenApi("v1", options =>
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Granary",
                Version = "v1",
                Description = "The HTTP API of a cluster, which every silo serves that is told to.",
            };
            document.Servers = []; // whoever has fetched it knows the address
            return Task.CompletedTask;
        }));
}
