namespace Granary.Deploy.Tests.Containers;

/// <summary>What a cluster would choose for pods.</summary>
/// <param name="Network">podman's network.</param>
/// <param name="Volumes">The folder that volumes are folders of.</param>
/// <param name="Addresses">Each pod's address, by its name.</param>
internal sealed record PodPlaces(string Network, string Volumes, IReadOnlyDictionary<string, string> Addresses);
