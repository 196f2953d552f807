using Granary.Deploy.Tests.Manifests;
using k8s.Models;

namespace Granary.Deploy.Tests.Containers;

/// <summary>A pod's volume as a folder of this machine.</summary>
/// <param name="Name">What mounts call it.</param>
/// <param name="Folder">Where it is.</param>
/// <param name="IsPods">Whether it ends with the pod.</param>
internal sealed record PodVolume(string Name, string Folder, bool IsPods)
{
    /// <summary>The volumes of one pod.</summary>
    /// <exception cref="ManifestException">There is no folder for a volume of that kind.</exception>
    public static IReadOnlyList<PodVolume> Of(Pod pod, string name, string volumes) =>
    [
        .. (pod.Spec.Volumes ?? []).Select(v => Of(v, name, volumes)),
        .. (pod.Owner.Spec.VolumeClaimTemplates ?? []).Select(c => new PodVolume(c.Metadata.Name, Path.Combine(volumes, "claims", $"{c.Metadata.Name}-{name}"), IsPods: false)),
    ];

    private static PodVolume Of(V1Volume volume, string pod, string volumes) => volume switch
    {
        { EmptyDir: not null } => new(volume.Name, Path.Combine(volumes, "pods", pod, volume.Name), IsPods: true),
        { PersistentVolumeClaim: { } claim } => new(volume.Name, Path.Combine(volumes, "claims", claim.ClaimName), IsPods: false),
        _ => throw new ManifestException($"volume {volume.Name} is of a kind that podman has no folder for"),
    };
}
