namespace Granary.Deploy.Tests.Manifests;

/// <summary>The files of the manifests as they are, for what can be told without kubectl.</summary>
internal static class ManifestFiles
{
    private const string Kustomization = "kustomization.yaml";

    /// <summary>Every folder that has a kustomization, by its path below deploy.</summary>
    public static IReadOnlyList<string> Folders { get; } =
    [
        .. Directory.EnumerateFiles(Kustomize.Folder, Kustomization, SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Kustomize.Folder, Path.GetDirectoryName(f)!)).Order(StringComparer.Ordinal),
    ];

    /// <summary>The names of the components.</summary>
    public static IReadOnlyList<string> Components { get; } = [.. Below("components")];

    /// <summary>The names of the overlays.</summary>
    public static IReadOnlyList<string> Overlays { get; } = [.. Below("overlays")];

    /// <summary>Every manifest and every patch that is a manifest in part.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Folders.SelectMany(Of)];

    /// <summary>Those of a folder, by their paths below deploy.</summary>
    public static IEnumerable<string> Of(string folder) => Directory.EnumerateFiles(Path.Combine(Kustomize.Folder, folder), "*.yaml")
        .Where(f => Path.GetFileName(f) != Kustomization).Select(f => Path.GetRelativePath(Kustomize.Folder, f)).Order(StringComparer.Ordinal);

    public static string Read(string path) => File.ReadAllText(Path.Combine(Kustomize.Folder, path));

    /// <summary>A folder's kustomization.</summary>
    public static string KustomizationOf(string folder) => Read(Path.Combine(folder, Kustomization));

    /// <summary>The base with a Redis, whose files need no kustomize to be put together.</summary>
    public static string Plain { get; } = string.Join("\n---\n", new[] { "base", "components/redis" }.SelectMany(Of).Select(Read));

    private static IEnumerable<string> Below(string folder) =>
        Folders.Where(f => f.StartsWith($"{folder}/", StringComparison.Ordinal)).Select(f => f[(folder.Length + 1)..]);
}
