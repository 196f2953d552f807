using k8s.Models;

namespace Granary.Deploy.Tests.Manifests.Rules;

/// <summary>Every container asks for what it needs, and not for more than it may have.</summary>
internal static class ResourceRules
{
    public static IEnumerable<string> Problems(ManifestSet set, SiloFacts silo) =>
        [.. set.Pods.SelectMany(p => p.Containers.SelectMany(c => OfContainer($"{p.Name}/{c.Name}", c))), .. set.Silos.SelectMany(p => OfSilo(set, p))];

    private static IEnumerable<string> OfContainer(string name, V1Container container)
    {
        var (requests, limits) = (container.Resources?.Requests, container.Resources?.Limits);
        foreach (var missing in new[] { "cpu", "memory" }.Where(r => requests?.ContainsKey(r) != true))
        {
            yield return $"{name} requests no {missing}";
        }

        if (limits?.ContainsKey("memory") != true)
        {
            yield return $"{name} has no limit of memory";
        }

        foreach (var over in (requests ?? new Dictionary<string, ResourceQuantity>()).Where(r => limits is not null && limits.TryGetValue(r.Key, out var limit) && r.Value.ToDecimal() > limit.ToDecimal()))
        {
            yield return $"{name} requests more {over.Key} than its limit";
        }
    }

    private static IEnumerable<string> OfSilo(ManifestSet set, Pod pod)
    {
        var container = pod.Spec.Containers.Single(c => c.Name == Pod.Silo);
        if (container.Resources?.Limits?.ContainsKey("cpu") == true)
        {
            yield return $"{pod.Name}: a silo with a limit of cpu is throttled, and holds up all the others at every step";
        }

        var threads = set.Environment(pod, container).GetValueOrDefault("GRANARY_THREADS");
        if (container.Resources?.Requests?.TryGetValue("cpu", out var cores) == true && $"{Math.Ceiling(cores.ToDecimal()):0}" != threads)
        {
            yield return $"{pod.Name}: GRANARY_THREADS is {threads}, and {cores} cores are requested";
        }
    }
}
