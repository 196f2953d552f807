using k8s.Models;

namespace Granary.Deploy.Tests.Manifests.Rules;

/// <summary>Every selector means pods that are there, and those alone that it should.</summary>
internal static class SelectorRules
{
    public static IEnumerable<string> Problems(ManifestSet set, SiloFacts silo)
    {
        foreach (var pod in set.Pods)
        {
            if (!Selectors.Match(pod.Owner.Spec.Selector, pod.Labels))
            {
                yield return $"StatefulSet {pod.Name} does not select its own pods";
            }

            foreach (var other in set.Pods.Where(p => p != pod && Selectors.Match(pod.Owner.Spec.Selector, p.Labels)))
            {
                yield return $"StatefulSet {pod.Name} also selects the pods of {other.Name}";
            }

            foreach (var spread in (pod.Spec.TopologySpreadConstraints ?? []).Where(t => !Selectors.Match(t.LabelSelector, pod.Labels)))
            {
                yield return $"{pod.Name}: the spread over {spread.TopologyKey} counts other pods";
            }
        }

        foreach (var service in set.Of<V1Service>().Where(s => set.Pods.Count(p => Selectors.Match(s.Spec.Selector, p.Labels)) != 1))
        {
            yield return $"Service {service.Metadata.Name} selects the pods of {set.Pods.Count(p => Selectors.Match(service.Spec.Selector, p.Labels))} StatefulSets instead of one";
        }

        foreach (var budget in set.Of<V1PodDisruptionBudget>().Where(b => set.Pods.Count(p => Selectors.Match(b.Spec.Selector, p.Labels)) != 1))
        {
            yield return $"PodDisruptionBudget {budget.Metadata.Name} does not select the pods of one StatefulSet";
        }

        foreach (var policy in set.Of<V1NetworkPolicy>())
        {
            if (!set.Pods.Any(p => Selectors.Match(policy.Spec.PodSelector, p.Labels)))
            {
                yield return $"NetworkPolicy {policy.Metadata.Name} selects no pod";
            }

            foreach (var peer in (policy.Spec.Ingress ?? []).SelectMany(r => r.FromProperty ?? []).Where(p => p.NamespaceSelector is null && p.PodSelector is not null))
            {
                if (!set.Pods.Any(p => Selectors.Match(peer.PodSelector, p.Labels)))
                {
                    yield return $"NetworkPolicy {policy.Metadata.Name} lets pods in that are not there";
                }
            }
        }
    }
}
