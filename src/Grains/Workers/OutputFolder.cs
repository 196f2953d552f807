namespace Granary.Grains.Workers;

/// <summary>What stands beside a model in a job's output folder.</summary>
internal static class OutputFolder
{
    /// <summary>Writes texts and copies files, by name; folders among the names are replaced whole. A file may be copied from the
    /// very folder that is replaced.</summary>
    public static void Write(string output, IReadOnlyDictionary<string, string> papers, IReadOnlyDictionary<string, string> copies)
    {
        var folders = papers.Keys.Concat(copies.Keys).Select(Path.GetDirectoryName).Where(f => f!.Length > 0).Distinct().ToArray();
        string Place(string name) => Path.Combine(output, Path.GetDirectoryName(name) is { Length: > 0 } folder
            ? Path.Combine(folder + ".tmp", Path.GetFileName(name))
            : name);
        foreach (var folder in folders)
        {
            Replace(Path.Combine(output, folder + ".tmp"));
            Directory.CreateDirectory(Path.Combine(output, folder + ".tmp"));
        }

        foreach (var (name, from) in copies)
        {
            File.Copy(from, Place(name));
        }

        foreach (var (name, text) in papers)
        {
            File.WriteAllText(Place(name), text);
        }

        foreach (var folder in folders)
        {
            Replace(Path.Combine(output, folder!));
            Directory.Move(Path.Combine(output, folder + ".tmp"), Path.Combine(output, folder!));
        }
    }

    private static void Replace(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
