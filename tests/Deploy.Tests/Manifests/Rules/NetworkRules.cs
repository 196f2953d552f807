using k8s.Models;

namespace Granary.Deploy.Tests.Manifests.Rules;

/// <summary>Who reaches whom, as policies are defined: a pod that one selects is reached only where some rule of some policy says so.</summary>
internal static class NetworkRules
{
    private static readonly string[] AmongSilos = ["silo", "gateway", "channel"];

    /// <summary>The API: what everybody may reach.</summary>
    private const string Web = "web";

    /// <summary>Somebody who asks for a connection.</summary>
    /// <param name="Name">For messages.</param>
    /// <param name="Labels">Its pod's.</param>
    /// <param name="NamespaceLabels">Those of its namespace; null: the silos' own.</param>
    private sealed record Caller(string Name, IDictionary<string, string>? Labels, IDictionary<string, string>? NamespaceLabels = null);

    private static readonly Caller[] Strangers =
    [
        new("another pod of the namespace", new Dictionary<string, string> { ["app"] = "stranger" }),
        new("a pod of another namespace", new Dictionary<string, string> { ["app"] = "stranger" }, new Dictionary<string, string> { ["kubernetes.io/metadata.name"] = "elsewhere" }),
    ];

    public static IEnumerable<string> Problems(ManifestSet set, SiloFacts silo) =>
        [.. Forms(set), .. set.Silos.SelectMany(p => AllowedThatMust(set, p)), .. set.Pods.SelectMany(p => ReachedByStrangers(set, p))];

    private static IEnumerable<string> Forms(ManifestSet set) =>
        from policy in set.Of<V1NetworkPolicy>()
        where policy.Spec.Egress is not null || policy.Spec.PolicyTypes is not ["Ingress"] || (policy.Spec.Ingress ?? []).SelectMany(r => r.FromProperty ?? []).Any(p => p.IpBlock is not null)
            || (policy.Spec.Ingress ?? []).SelectMany(r => r.Ports ?? []).Any(p => p.EndPort is not null || p.Port is null)
        select $"NetworkPolicy {policy.Metadata.Name} has a form that this check does not understand";

    private static IEnumerable<string> AllowedThatMust(ManifestSet set, Pod pod)
    {
        var caller = new Caller("a silo", pod.Labels);
        foreach (var port in AmongSilos.Append(Web).Where(p => !Allows(set, caller, pod, p)))
        {
            yield return $"{pod.Name}: silos do not reach each other at port {port}";
        }

        foreach (var stranger in Strangers.Where(s => !Allows(set, s, pod, Web)))
        {
            yield return $"{pod.Name}: {stranger.Name} does not reach the API";
        }

        var redis = set.Environment(pod, pod.Spec.Containers.Single(c => c.Name == Pod.Silo)).GetValueOrDefault("GRANARY_REDIS", "").Split(':')[0];
        if (set.Find<V1Service>(redis) is { } service)
        {
            foreach (var store in set.Pods.Where(p => Selectors.Match(service.Spec.Selector, p.Labels)))
            {
                foreach (var port in store.Ports.Where(p => !Allows(set, caller, store, p.Name)))
                {
                    yield return $"{pod.Name}: silos do not reach {store.Name} at port {port.Name}";
                }
            }
        }
    }

    private static IEnumerable<string> ReachedByStrangers(ManifestSet set, Pod pod) =>
        from stranger in Strangers
        from port in pod.Ports
        where !(pod.IsSilo && port.Name == Web) && Allows(set, stranger, pod, port.Name)
        select $"{pod.Name}: {stranger.Name} reaches port {port.Name}";

    private static bool Allows(ManifestSet set, Caller from, Pod to, string port)
    {
        if (to.Port(port) is not { } there)
        {
            return false;
        }

        var policies = set.Of<V1NetworkPolicy>().Where(p => Selectors.Match(p.Spec.PodSelector, to.Labels)).ToArray();
        return policies.Length == 0 || policies.SelectMany(p => p.Spec.Ingress ?? []).Any(rule =>
            (rule.FromProperty is null or { Count: 0 } || rule.FromProperty.Any(peer => Is(peer, from)))
            && (rule.Ports is null or { Count: 0 } || rule.Ports.Any(p => $"{p.Port}" is var wanted && (wanted == there.Name || wanted == $"{there.ContainerPort}"))));
    }

    private static bool Is(V1NetworkPolicyPeer peer, Caller caller) =>
        (peer.NamespaceSelector is null ? caller.NamespaceLabels is null : caller.NamespaceLabels is not null && Selectors.Match(peer.NamespaceSelector, caller.NamespaceLabels))
        && (peer.PodSelector is null || Selectors.Match(peer.PodSelector, caller.Labels));
}
