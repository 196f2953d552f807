using k8s.Models;

namespace Granary.Deploy.Tests.Manifests.Rules;

/// <summary>Probes ask for what is served.</summary>
internal static class ProbeRules
{
    private const int ShortestStart = 180; // s: after the loss of a whole cluster silos wait for the rows of those that were lost

    public static IEnumerable<string> Problems(ManifestSet set, SiloFacts silo) =>
        [.. set.Pods.SelectMany(OfPorts), .. set.Silos.SelectMany(p => OfSilo(set, p, silo))];

    private static IEnumerable<string> OfPorts(Pod pod) =>
        from container in pod.Containers
        from probe in new[] { container.StartupProbe, container.LivenessProbe, container.ReadinessProbe }.OfType<V1Probe>()
        let port = probe.HttpGet is { } http ? $"{http.Port}" : probe.TcpSocket is { } tcp ? $"{tcp.Port}" : null
        where port is null || pod.Port(port) is null
        select port is null ? $"{pod.Name}: a probe runs a program, and the image has no shell" : $"{pod.Name}: a probe asks port {port}, which is not there";

    private static IEnumerable<string> OfSilo(ManifestSet set, Pod pod, SiloFacts silo)
    {
        var container = pod.Spec.Containers.Single(c => c.Name == Pod.Silo);
        var health = set.Environment(pod, container).GetValueOrDefault("GRANARY_HEALTH_PORT");
        foreach (var (name, probe, path) in new[]
        {
            ("startupProbe", container.StartupProbe, "/health/live"), ("livenessProbe", container.LivenessProbe, "/health/live"),
            ("readinessProbe", container.ReadinessProbe, "/health/ready"),
        })
        {
            if (probe?.HttpGet is not { } http)
            {
                yield return $"{pod.Name}: there is no {name} by HTTP";
                continue;
            }

            if (!silo.HealthPaths.Contains(http.Path) || http.Path != path)
            {
                yield return $"{pod.Name}: the {name} asks for {http.Path}; a silo has {string.Join(", ", silo.HealthPaths)}, and it should be {path}";
            }

            if ($"{pod.Port($"{http.Port}")?.ContainerPort}" != health)
            {
                yield return $"{pod.Name}: the {name} asks port {http.Port}, and health is served at {health ?? "no port"}";
            }
        }

        if ((container.StartupProbe?.PeriodSeconds ?? 10) * (container.StartupProbe?.FailureThreshold ?? 3) < ShortestStart)
        {
            yield return $"{pod.Name}: the startupProbe gives up within {ShortestStart} s";
        }
    }
}
