using Granary.Deploy.Tests.Manifests.Rules;

namespace Granary.Deploy.Tests.Manifests;

/// <summary>Whether manifests mean what they should, as far as that can be told without a cluster.</summary>
internal static class ManifestCheck
{
    private static readonly Func<ManifestSet, SiloFacts, IEnumerable<string>>[] Rules =
    [
        KindRules.Problems, ReferenceRules.Problems, SelectorRules.Problems, PortRules.Problems, ProbeRules.Problems, SettingRules.Problems,
        ResourceRules.Problems, VolumeRules.Problems, SecurityRules.Problems, ShutdownRules.Problems, NetworkRules.Problems,
    ];

    /// <summary>What is wrong with a rendering, a sentence each; empty: nothing.</summary>
    public static IReadOnlyList<string> Problems(string yaml, SiloFacts silo)
    {
        ManifestSet set;
        try
        {
            set = new ManifestSet(yaml);
        }
        catch (Exception e) when (e is YamlDotNet.Core.YamlException or KeyNotFoundException)
        {
            return [$"not Kubernetes' types: {e.Message} {e.InnerException?.Message}"];
        }

        return [.. Rules.SelectMany(rule => Told(rule, set, silo))];
    }

    private static IReadOnlyList<string> Told(Func<ManifestSet, SiloFacts, IEnumerable<string>> rule, ManifestSet set, SiloFacts silo)
    {
        try
        {
            return [.. rule(set, silo)];
        }
        catch (ManifestException e)
        {
            return [e.Message];
        }
    }
}
