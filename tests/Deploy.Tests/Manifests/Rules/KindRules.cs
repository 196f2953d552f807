using k8s.Models;

namespace Granary.Deploy.Tests.Manifests.Rules;

/// <summary>Only kinds that the other rules look at, each object once, and all in one namespace.</summary>
internal static class KindRules
{
    public static IEnumerable<string> Problems(ManifestSet set, SiloFacts silo)
    {
        foreach (var odd in set.Objects.Where(o => o is not (V1ConfigMap or V1Secret or V1Service or V1StatefulSet or V1PodDisruptionBudget or V1NetworkPolicy or V1PersistentVolumeClaim or V1Namespace)))
        {
            yield return $"{odd.Kind} {odd.Metadata.Name}: no rule looks at this kind";
        }

        foreach (var twice in set.Objects.GroupBy(o => (o.Kind, o.Metadata.Name)).Where(g => g.Count() > 1))
        {
            yield return $"{twice.Key.Kind} {twice.Key.Name} is there {twice.Count()} times";
        }

        foreach (var elsewhere in set.Objects.Where(o => o is not V1Namespace && (o.Metadata.NamespaceProperty ?? "default") != set.Namespace))
        {
            yield return $"{elsewhere.Kind} {elsewhere.Metadata.Name} is in {elsewhere.Metadata.NamespaceProperty ?? "no namespace"}, the silos are in {set.Namespace}";
        }

        if (!set.Silos.Any())
        {
            yield return "there are no silos";
        }
    }
}
