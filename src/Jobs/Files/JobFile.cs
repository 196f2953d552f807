namespace Granary.Jobs;

/// <summary>Job files: YAML in, a checked <see cref="Job"/> out.</summary>
public static class JobFile
{
    /// <summary>Reads, overrides and checks a job file. Paths become absolute: relative to the file, or to
    /// <paramref name="currentDirectory"/> where they come from an override.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overrides">"training.epochs=3", as after --set.</param>
    /// <param name="currentDirectory">Where relative paths in overrides start.</param>
    /// <param name="anyKind">Whether kinds that are not built in are accepted here and left to the silo's program, which alone knows them.</param>
    /// <param name="elsewhere">Where a cluster elsewhere has the files that the job names; null: they must be here.</param>
    /// <exception cref="JobException">"digits.yaml:9: data.shards ..." or "--set data.shards=0: ...".</exception>
    public static Job Load(string path, IReadOnlyList<string> overrides, string currentDirectory, bool anyKind = false, FileElsewhere? elsewhere = null)
    {
        if (FileKinds.Of(path) is not (FileKind.File or FileKind.Nothing) and var kind)
        {
            throw new JobException(kind == FileKind.Pipe
                ? $"{path}: this is a pipe, which can be read only once, but several processes read the job file. Save it to a file first; --set changes single keys without one."
                : $"{path}: this is a {Kebab.Name(kind)}, not a job file.");
        }

        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new JobException($"{path}: the job file cannot be read: {e.Message}");
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return Parse(text, Path.GetFileName(path), folder, overrides, currentDirectory, anyKind, elsewhere);
    }

    /// <summary>Like <see cref="Load"/>, from text.</summary>
    /// <param name="text">The job file's text.</param>
    /// <param name="name">Its name, for messages; the job's name is made from it where the text gives none.</param>
    /// <param name="folder">Where relative paths in it start.</param>
    /// <param name="overrides">"training.epochs=3", as after --set.</param>
    /// <param name="currentDirectory">Where relative paths in overrides start.</param>
    /// <param name="anyKind">As there.</param>
    /// <param name="elsewhere">As there.</param>
    public static Job Parse(
        string text, string name, string folder, IReadOnlyList<string> overrides, string currentDirectory, bool anyKind = false, FileElsewhere? elsewhere = null)
    {
        var source = new YamlSource(name);
        var root = YamlText.Mapping(text, name);
        foreach (var item in overrides)
        {
            Override.Apply(root, item, source);
        }

        var file = new YamlMap(root, "", source);
        var job = JobKeys.Read(file, new ReadingPlace(folder, currentDirectory, anyKind, elsewhere));
        job = file.Has("name") ? job : job with { Name = Name(file, name) };
        CrossChecks.Check(job, file);
        return job;
    }

    // A file may be called anything; a job's name is a part of paths and of commands.
    private static string Name(YamlMap file, string fileName) => JobName.From(Path.GetFileNameWithoutExtension(fileName))
        ?? throw file.Error("name", $"no job name can be made from the file's name '{fileName}': set name: to {JobName.Rule}.");

    /// <summary>The job as a job file with every default filled in; <see cref="Load"/> reads it back to an equal job.</summary>
    public static string Write(Job job) => JobWriter.Write(job);

    /// <summary>What stands in that file: each value as text, with the dotted path of its key ("training.optimizer.kind").</summary>
    public static IReadOnlyList<(string Key, string Value)> Values(Job job) => [.. JobWriter.Values(job)];
}
