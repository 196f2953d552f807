namespace Granary.Jobs;

/// <summary>Which paths into stores jobs may read and write: the part of a <see cref="PathRule"/> that needs no file system. Plain.</summary>
/// <param name="readable">As there.</param>
/// <param name="writable">As there.</param>
/// <param name="own">As there.</param>
internal sealed class StoredRule(IReadOnlyList<string>? readable, string? writable, IReadOnlyList<string>? own)
{
    private readonly string[] _own = [.. (own ?? []).Where(StoredPath.Is)];
    private readonly string[]? _readable = readable is null ? null : [.. readable.Append(writable).OfType<string>().Where(StoredPath.Is)];

    /// <summary>As <see cref="PathRule.ReadRefusal"/>.</summary>
    public string? ReadRefusal(string path) => StoredPath.Refusal(path) ?? OwnRefusal(path)
        ?? (_readable is null || Array.Exists(_readable, root => StoredPath.IsWithin(root, path)) ? null
            : $"{path} is under no data root, {(_readable.Length == 0 ? "and the silos have none in a store" : $"which are {string.Join(" and ", _readable)}")}. Put it there, "
                + $"or start the silos with its folder as --data-root ({PathRule.ReadVariable}).");

    /// <summary>As <see cref="PathRule.WriteRefusal"/>.</summary>
    public string? WriteRefusal(string path) => StoredPath.Refusal(path) ?? OwnRefusal(path)
        ?? (writable is null || (StoredPath.Is(writable) && StoredPath.IsWithin(writable, path)) ? null
            : $"{path} is not under the output root, which is {writable}. Name a folder there; a job that names none has one of the cluster's choice.");

    private string? OwnRefusal(string path) => Array.Exists(_own, o => StoredPath.IsWithin(o, path)) ? $"{path} is the silo's own, and no job's." : null;
}
