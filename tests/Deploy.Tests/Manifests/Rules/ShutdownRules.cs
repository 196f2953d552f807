using Granary.Silo.Hosting;
using k8s.Models;

namespace Granary.Deploy.Tests.Manifests.Rules;

/// <summary>Silos may end in order, go one by one, and lie on different nodes.</summary>
internal static class ShutdownRules
{
    public static IEnumerable<string> Problems(ManifestSet set, SiloFacts silo)
    {
        foreach (var pod in set.Silos)
        {
            if (!(pod.Spec.TerminationGracePeriodSeconds > ShutdownTimes.Longest.TotalSeconds))
            {
                yield return $"{pod.Name}: it is killed after {pod.Spec.TerminationGracePeriodSeconds} s, and may take {ShutdownTimes.Longest.TotalSeconds:0} s to end";
            }

            if (pod.Containers.Any(c => c.Lifecycle?.PreStop is not null))
            {
                yield return $"{pod.Name}: a preStop takes from the time that a silo has to end";
            }

            if (set.Of<V1PodDisruptionBudget>().Count(b => Selectors.Match(b.Spec.Selector, pod.Labels) && $"{b.Spec.MaxUnavailable}" == "1") != 1)
            {
                yield return $"{pod.Name}: no PodDisruptionBudget keeps all but one";
            }

            if ((pod.Spec.TopologySpreadConstraints ?? []).All(t => t.TopologyKey != "kubernetes.io/hostname"))
            {
                yield return $"{pod.Name}: its pods may all lie on one node";
            }

            if (pod.Owner.Spec.PodManagementPolicy != "Parallel" || pod.Owner.Spec.UpdateStrategy?.Type is not (null or "RollingUpdate"))
            {
                yield return $"{pod.Name}: a silo waits for the one before it, or an update is left to somebody's hand";
            }
        }
    }
}
