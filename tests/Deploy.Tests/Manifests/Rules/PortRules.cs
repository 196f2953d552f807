using k8s.Models;

namespace Granary.Deploy.Tests.Manifests.Rules;

/// <summary>Ports that are named are there, and silos listen where their pods say so.</summary>
internal static class PortRules
{
    private const string Prefix = "GRANARY_";
    private const string Suffix = "_PORT";

    public static IEnumerable<string> Problems(ManifestSet set, SiloFacts silo) =>
        [.. set.Pods.SelectMany(OfPod), .. set.Of<V1Service>().SelectMany(s => OfService(set, s)), .. set.Silos.SelectMany(p => OfSilo(set, p))];

    private static IEnumerable<string> OfPod(Pod pod) => pod.Ports.GroupBy(p => p.Name).Concat(pod.Ports.GroupBy(p => $"{p.ContainerPort}"))
        .Where(g => g.Count() > 1).Select(g => $"{pod.Name}: port {g.Key} is there {g.Count()} times");

    private static IEnumerable<string> OfService(ManifestSet set, V1Service service)
    {
        foreach (var port in service.Spec.Ports ?? [])
        {
            var target = port.TargetPort is null ? $"{port.Port}" : $"{port.TargetPort}";
            foreach (var pod in set.Pods.Where(p => Selectors.Match(service.Spec.Selector, p.Labels) && p.Port(target) is null))
            {
                yield return $"Service {service.Metadata.Name}: {pod.Name} has no port {target}";
            }
        }
    }

    // GRANARY_SILO_PORT is the port called silo, and so on.
    private static IEnumerable<string> OfSilo(ManifestSet set, Pod pod)
    {
        var settings = set.Environment(pod, pod.Spec.Containers.Single(c => c.Name == Pod.Silo))
            .Where(s => s.Key.StartsWith(Prefix, StringComparison.Ordinal) && s.Key.EndsWith(Suffix, StringComparison.Ordinal))
            .ToDictionary(s => s.Key[Prefix.Length..^Suffix.Length].ToLowerInvariant(), s => s.Value);
        foreach (var (name, value) in settings.Where(s => pod.Port(s.Key) is not { } port || $"{port.ContainerPort}" != s.Value))
        {
            yield return $"{pod.Name}: {Prefix}{name.ToUpperInvariant()}{Suffix} is {value}, and the pod's port {name} is {pod.Port(name)?.ContainerPort.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "not there"}";
        }

        foreach (var port in pod.Ports.Where(p => !settings.ContainsKey(p.Name)))
        {
            yield return $"{pod.Name}: nothing tells the silo to listen at its port {port.Name}";
        }
    }
}
