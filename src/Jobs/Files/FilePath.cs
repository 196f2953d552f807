namespace Granary.Jobs;

/// <summary>Keys that name files. Paths become absolute: relative ones start at the job file's folder, or at the current one where they
/// come from an override.</summary>
internal static class FilePath
{
    /// <summary>The path of a key that names one file, which must be there; null where the key is missing.</summary>
    /// <param name="meant">The path that a given one stands for; null: itself.</param>
    public static string? Read(YamlMap map, string key, ReadingPlace place, Func<string, string>? meant = null) =>
        Checked(map, key, place, path => FileKinds.Refusal(path, map.Text(key)), meant);

    /// <summary>The same of a key that names a source: a file, a folder or a glob, with at least one file.</summary>
    /// <param name="isTable">Whether the files have named columns, which names of folders can be a part of.</param>
    public static string? ReadSource(YamlMap map, string key, ReadingPlace place, bool isTable) =>
        Checked(map, key, place, path => DataFiles.Refusal(path, isTable, map.Text(key)));

    /// <summary>The path of a key that names a folder to be written, there or not; null where the key is missing.</summary>
    public static string? ReadPlace(YamlMap map, string key, ReadingPlace place) => Absolute(map, key, place) is not { } path ? null
        : StoredPath.Is(path) ? (StoredPath.Refusal(path) is { } odd ? throw map.Error(key, $"{map.Full(key)}: {odd}") : path)
        : place.Elsewhere is not null && !Path.IsPathRooted(map.Text(key)) ? throw map.Error(
            key, $"{map.Full(key)}: '{map.Text(key)}' starts at a folder of this machine, and the cluster writes on others. Leave it out (granary fetch JOB brings the model here), or give an absolute path of theirs.")
        : path;

    /// <summary>Where a cluster elsewhere has a file.</summary>
    /// <param name="elsewhere">Knows it.</param>
    /// <param name="here">Its path on this machine.</param>
    public static string Elsewhere(YamlMap map, string key, FileElsewhere elsewhere, string here)
    {
        try
        {
            return elsewhere(map.Text(key)!, here);
        }
        catch (JobException e)
        {
            throw map.Error(key, $"{map.Full(key)}: {e.Message}");
        }
    }

    private static string? Checked(YamlMap map, string key, ReadingPlace place, Func<string, string?> refusal, Func<string, string>? meant = null)
    {
        if (Absolute(map, key, place) is not { } path)
        {
            return null;
        }

        path = meant?.Invoke(path) ?? path;

        if (StoredPath.Is(path) && StoredPath.Refusal(path) is { } odd)
        {
            throw map.Error(key, $"{map.Full(key)}: {odd}");
        }

        if (place.Elsewhere is { } elsewhere && !StoredPath.Is(path))
        {
            return Elsewhere(map, key, elsewhere, path);
        }

        return place.Elsewhere is null && refusal(path) is { } why ? throw map.Error(key, $"{map.Full(key)}: {why}") : path;
    }

    private static string? Absolute(YamlMap map, string key, ReadingPlace place)
    {
        if (map.Text(key) is not { } text)
        {
            return null;
        }

        return text.Length == 0 || text.Contains('\0', StringComparison.Ordinal)
            ? throw map.Error(key, $"{map.Full(key)} is '{text}', which is no path.")
            : UserPath.Absolute(text, map.IsOverride(key) ? place.CurrentDirectory : place.Folder);
    }
}
