using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Granary.Contracts;

/// <summary>How Granary's types travel. Silos and clients must agree, so both call this.</summary>
public static class GranarySerialization
{
    /// <summary>The job's types know nothing of Orleans and travel as JSON; exceptions keep their type and message.</summary>
    public static IServiceCollection AddGranarySerialization(this IServiceCollection services)
    {
        services.Configure<ExceptionSerializationOptions>(o => o.SupportedNamespacePrefixes.Add("Granary"));
        return services.AddSerializer(s => s.AddJsonSerializer(
            t => t.Namespace == "Granary.Jobs" && !typeof(Exception).IsAssignableFrom(t)));
    }
}
