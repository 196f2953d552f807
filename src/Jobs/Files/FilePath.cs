namespace Granary.Jobs;

/// <summary>A key that names one file, which must be there.</summary>
internal static class FilePath
{
    /// <summary>The absolute path: relative to <paramref name="folder"/>, or to <paramref name="currentDirectory"/> where it comes
    /// from an override. Null where the key is missing.</summary>
    public static string? Read(YamlMap map, string key, string folder, string currentDirectory)
    {
        if (map.Text(key) is not { } text)
        {
            return null;
        }

        if (text.Length == 0 || text.Contains('\0'))
        {
            throw map.Error(key, $"{map.Full(key)} is '{text}', which is no path.");
        }

        var path = Path.GetFullPath(text, map.IsOverride(key) ? currentDirectory : folder);
        return File.Exists(path)
            ? path
            : throw map.Error(key, $"{map.Full(key)}: " + (Directory.Exists(path) ? $"{path} is a folder, not a file." : $"there is no file {path}."));
    }
}
