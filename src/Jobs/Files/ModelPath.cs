namespace Granary.Jobs;

/// <summary>A key that names a saved model: its file, or the output folder of the run that wrote it.</summary>
internal static class ModelPath
{
    private const string FileName = "model.safetensors";

    /// <summary>The absolute path of the file; null where the key is missing.</summary>
    public static string? Read(YamlMap map, string key, string folder, string currentDirectory)
    {
        if (map.Text(key) is { Length: > 0 } text && !text.Contains('\0')
            && Path.Combine(UserPath.Absolute(text, map.IsOverride(key) ? currentDirectory : folder), FileName) is var within && File.Exists(within))
        {
            return within;
        }

        return FilePath.Read(map, key, folder, currentDirectory);
    }
}
