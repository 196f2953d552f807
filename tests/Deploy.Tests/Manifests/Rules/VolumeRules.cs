using k8s.Models;

namespace Granary.Deploy.Tests.Manifests.Rules;

/// <summary>What is mounted is there, and silos write where they may: the root of their file system is read-only.</summary>
internal static class VolumeRules
{
    private const string Shared = "ReadWriteMany";

    public static IEnumerable<string> Problems(ManifestSet set, SiloFacts silo) =>
        [.. set.Pods.SelectMany(p => OfPod(set, p)), .. set.Silos.SelectMany(p => OfSilo(set, p)), .. set.Of<V1PersistentVolumeClaim>().Where(c => !IsMounted(set, c)).Select(c => $"claim {c.Metadata.Name}: no pod has it")];

    private static IEnumerable<string> OfPod(ManifestSet set, Pod pod)
    {
        string[] volumes = [.. (pod.Spec.Volumes ?? []).Select(v => v.Name), .. (pod.Owner.Spec.VolumeClaimTemplates ?? []).Select(c => c.Metadata.Name)];
        var mounts = pod.Containers.SelectMany(c => c.VolumeMounts ?? []).ToArray();
        foreach (var mount in mounts.Where(m => !volumes.Contains(m.Name)))
        {
            yield return $"{pod.Name}: {mount.MountPath} is volume {mount.Name}, which is not there";
        }

        foreach (var volume in volumes.Where(v => mounts.All(m => m.Name != v)))
        {
            yield return $"{pod.Name}: volume {volume} is mounted nowhere";
        }

        foreach (var twice in pod.Containers.SelectMany(c => (c.VolumeMounts ?? []).GroupBy(m => m.MountPath)).Where(g => g.Count() > 1))
        {
            yield return $"{pod.Name}: {twice.Key} is mounted {twice.Count()} times";
        }

        foreach (var volume in (pod.Spec.Volumes ?? []).Where(v => v.PersistentVolumeClaim is not null && pod.Owner.Spec.Replicas > 1))
        {
            if (set.Find<V1PersistentVolumeClaim>(volume.PersistentVolumeClaim.ClaimName) is { } claim && claim.Spec.AccessModes?.Contains(Shared) != true)
            {
                yield return $"{pod.Name}: claim {claim.Metadata.Name} is of several pods, and not {Shared}";
            }
        }
    }

    private static IEnumerable<string> OfSilo(ManifestSet set, Pod pod)
    {
        var container = pod.Spec.Containers.Single(c => c.Name == Pod.Silo);
        var settings = set.Environment(pod, container);
        var writable = (container.VolumeMounts ?? []).Where(m => m.ReadOnlyProperty != true).Select(m => m.MountPath).ToArray();
        foreach (var (name, path) in new[] { "GRANARY_HOME", "GRANARY_CHECKPOINTS", "XDG_CACHE_HOME" }.Select(n => (n, settings.GetValueOrDefault(n))).Append(("TMPDIR", settings.GetValueOrDefault("TMPDIR", "/tmp"))))
        {
            if (path is not null && path.StartsWith('/') && !writable.Any(w => path == w || path.StartsWith($"{w}/", StringComparison.Ordinal)))
            {
                yield return $"{pod.Name}: {name} is {path}, where nothing can be written";
            }
        }
    }

    private static bool IsMounted(ManifestSet set, V1PersistentVolumeClaim claim) =>
        set.Pods.Any(p => (p.Spec.Volumes ?? []).Any(v => v.PersistentVolumeClaim?.ClaimName == claim.Metadata.Name));
}
