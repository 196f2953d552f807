using k8s.Models;

namespace Granary.Deploy.Tests.Manifests.Rules;

/// <summary>What is named is there, or may be missing.</summary>
internal static class ReferenceRules
{
    public static IEnumerable<string> Problems(ManifestSet set, SiloFacts silo) =>
        [.. set.Pods.SelectMany(p => OfPod(set, p)), .. set.Of<V1ConfigMap>().Where(m => !IsRead(set, m)).Select(m => $"ConfigMap {m.Metadata.Name}: no pod reads it")];

    private static IEnumerable<string> OfPod(ManifestSet set, Pod pod)
    {
        foreach (var container in pod.Containers)
        {
            foreach (var source in container.EnvFrom ?? [])
            {
                if (source.ConfigMapRef is { } map && map.Optional != true && set.Find<V1ConfigMap>(map.Name) is null)
                {
                    yield return $"{pod.Name}: there is no ConfigMap {map.Name}";
                }

                if (source.SecretRef is { } secret && secret.Optional != true && set.Find<V1Secret>(secret.Name) is null)
                {
                    yield return $"{pod.Name}: there is no Secret {secret.Name}, and it is not optional";
                }
            }

            foreach (var variable in container.Env ?? [])
            {
                if (variable.ValueFrom?.ConfigMapKeyRef is { } key && key.Optional != true && set.Find<V1ConfigMap>(key.Name)?.Data?.ContainsKey(key.Key) != true)
                {
                    yield return $"{pod.Name}: {variable.Name} is key {key.Key} of ConfigMap {key.Name}, which is not there";
                }

                if (variable.ValueFrom?.SecretKeyRef is { } hidden && hidden.Optional != true && set.Find<V1Secret>(hidden.Name) is null)
                {
                    yield return $"{pod.Name}: {variable.Name} is of Secret {hidden.Name}, which is not there and not optional";
                }
            }
        }

        foreach (var volume in pod.Spec.Volumes ?? [])
        {
            if (volume.ConfigMap is { } map && map.Optional != true && set.Find<V1ConfigMap>(map.Name) is null)
            {
                yield return $"{pod.Name}: volume {volume.Name} is ConfigMap {map.Name}, which is not there";
            }

            if (volume.Secret is { } secret && secret.Optional != true && set.Find<V1Secret>(secret.SecretName) is null)
            {
                yield return $"{pod.Name}: volume {volume.Name} is Secret {secret.SecretName}, which is not there and not optional";
            }

            if (volume.PersistentVolumeClaim is { } claim && set.Find<V1PersistentVolumeClaim>(claim.ClaimName) is null)
            {
                yield return $"{pod.Name}: volume {volume.Name} is claim {claim.ClaimName}, which is not there";
            }
        }

        if (set.Find<V1Service>(pod.Owner.Spec.ServiceName) is not { } names)
        {
            yield return $"{pod.Name}: there is no Service {pod.Owner.Spec.ServiceName} to name its pods";
        }
        else if (!Selectors.Match(names.Spec.Selector, pod.Labels))
        {
            yield return $"{pod.Name}: Service {names.Metadata.Name}, which is to name its pods, does not select them";
        }
    }

    private static bool IsRead(ManifestSet set, V1ConfigMap map) => set.Pods.Any(p =>
        p.Containers.Any(c => (c.EnvFrom ?? []).Any(e => e.ConfigMapRef?.Name == map.Metadata.Name) || (c.Env ?? []).Any(e => e.ValueFrom?.ConfigMapKeyRef?.Name == map.Metadata.Name))
        || (p.Spec.Volumes ?? []).Any(v => v.ConfigMap?.Name == map.Metadata.Name));
}
