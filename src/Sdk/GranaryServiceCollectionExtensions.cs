using Granary.Sdk;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Granary among a host's services.</summary>
public static class GranaryServiceCollectionExtensions
{
    /// <summary>Adds one <see cref="GranaryClient"/> for the whole program. It connects when it is asked for something for the first time, so that the
    /// host starts even where the cluster is not up yet.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Which cluster; the one that the command line would speak to if left out.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddGranaryClient(this IServiceCollection services, Action<GranaryClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.AddSingleton(_ =>
        {
            var options = new GranaryClientOptions();
            configure?.Invoke(options);
            return new GranaryClient(options);
        });
    }
}
