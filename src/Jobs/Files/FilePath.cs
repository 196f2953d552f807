namespace Granary.Jobs;

/// <summary>Keys that name files. Paths become absolute: relative ones start at the job file's folder, or at the current one where they
/// come from an override.</summary>
internal static class FilePath
{
    /// <summary>The path of a key that names one file, which must be there; null where the key is missing.</summary>
    public static string? Read(YamlMap map, string key, string folder, string currentDirectory, bool required = false)
    {
        if (Absolute(map, key, folder, currentDirectory, required) is not { } path)
        {
            return null;
        }

        return FileKinds.Refusal(path, map.Text(key)) is { } refusal ? throw map.Error(key, $"{map.Full(key)}: {refusal}") : path;
    }

    /// <summary>The same of a key that names a source: a file, a folder or a glob, with at least one file.</summary>
    /// <param name="isTable">Whether the files have named columns, which names of folders can be a part of.</param>
    public static string? ReadSource(YamlMap map, string key, string folder, string currentDirectory, bool isTable, bool required)
    {
        if (Absolute(map, key, folder, currentDirectory, required) is not { } path)
        {
            return null;
        }

        return DataFiles.Refusal(path, isTable, map.Text(key)) is { } refusal ? throw map.Error(key, $"{map.Full(key)}: {refusal}") : path;
    }

    private static string? Absolute(YamlMap map, string key, string folder, string currentDirectory, bool required)
    {
        if (map.Text(key, required) is not { } text)
        {
            return null;
        }

        return text.Length == 0 || text.Contains('\0', StringComparison.Ordinal)
            ? throw map.Error(key, $"{map.Full(key)} is '{text}', which is no path.")
            : UserPath.Absolute(text, map.IsOverride(key) ? currentDirectory : folder);
    }
}
