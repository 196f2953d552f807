namespace Granary.Jobs;

/// <summary>A key that names a saved model: its file, or the output folder of the run that wrote it.</summary>
public static class ModelPath
{
    private const string FileName = "model.safetensors";
    private const string Ending = ".safetensors";

    /// <summary>The absolute path of the file; null where the key is missing.</summary>
    internal static string? Read(YamlMap map, string key, ReadingPlace place)
    {
        if (StoredPath.Is(map.Text(key)))
        {
            return FilePath.Read(map, key, place, meant: FileOf);
        }

        if (map.Text(key) is { Length: > 0 } text && !text.Contains('\0')
            && Path.Combine(UserPath.Absolute(text, map.IsOverride(key) ? place.CurrentDirectory : place.Folder), FileName) is var within && File.Exists(within))
        {
            return place.Elsewhere is { } elsewhere ? FilePath.Elsewhere(map, key, elsewhere, within)
                : PathRule.Current.ReadRefusal(within) is { } refusal ? throw map.Error(key, $"{map.Full(key)}: {refusal}")
                : within;
        }

        return FilePath.Read(map, key, place);
    }

    /// <summary>The file that a path into a store means. Nobody has to look for that: a name with another ending is a folder's.</summary>
    public static string FileOf(string stored) => stored.EndsWith(Ending, StringComparison.Ordinal) ? stored : StoredPath.Combine(stored, FileName);
}
