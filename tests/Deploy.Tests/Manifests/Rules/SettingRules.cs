using k8s.Models;

namespace Granary.Deploy.Tests.Manifests.Rules;

/// <summary>Silos are told what they understand.</summary>
internal static class SettingRules
{
    public static IEnumerable<string> Problems(ManifestSet set, SiloFacts silo) => set.Silos.SelectMany(p => OfSilo(set, p, silo));

    private static IEnumerable<string> OfSilo(ManifestSet set, Pod pod, SiloFacts silo)
    {
        var container = pod.Spec.Containers.Single(c => c.Name == Pod.Silo);
        var settings = set.Environment(pod, container);
        foreach (var name in settings.Keys.Where(n => n.StartsWith("GRANARY_", StringComparison.Ordinal) && !silo.Settings.Contains(n)))
        {
            yield return $"{pod.Name}: {name} is no setting of a silo";
        }

        foreach (var name in new[] { "GRANARY_CLUSTER", "GRANARY_STORE", "GRANARY_HOME", "GRANARY_THREADS", "POD_NAME", "POD_IP" }.Where(n => !settings.ContainsKey(n)))
        {
            yield return $"{pod.Name}: {name} is not set";
        }

        if (settings.GetValueOrDefault("GRANARY_STORE") == "redis" && !IsServed(set, settings.GetValueOrDefault("GRANARY_REDIS") ?? ""))
        {
            yield return $"{pod.Name}: GRANARY_REDIS is {settings.GetValueOrDefault("GRANARY_REDIS")}, which no Service serves";
        }

        var hosts = (settings.GetValueOrDefault("GRANARY_WEB_HOSTS") ?? "").Split(',');
        if (!hosts.Any(h => set.Find<V1Service>(h) is { } api && Selectors.Match(api.Spec.Selector, pod.Labels)))
        {
            yield return $"{pod.Name}: GRANARY_WEB_HOSTS names no Service of the silos, so that the API refuses to be called by its name";
        }

        if (pod.Spec.EnableServiceLinks != false)
        {
            yield return $"{pod.Name}: Services' own variables, such as GRANARY_REDIS_PORT, are not kept out (enableServiceLinks)";
        }
    }

    // A name with a dot is somebody else's server.
    private static bool IsServed(ManifestSet set, string place)
    {
        var (host, port) = place.Split(':') is [var h, var p] ? (h, p) : (place, "");
        return host.Contains('.', StringComparison.Ordinal)
            || (set.Find<V1Service>(host) is { } service && (service.Spec.Ports ?? []).Any(s => $"{s.Port}" == port));
    }
}
