namespace Granary.Jobs;

/// <summary>Job files: YAML in, a checked <see cref="Job"/> out.</summary>
public static class JobFile
{
    /// <summary>Reads, overrides and checks a job file. Paths become absolute: relative to the file, or to
    /// <paramref name="currentDirectory"/> where they come from an override.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overrides">"training.epochs=3", as after --set.</param>
    /// <param name="currentDirectory">Where relative paths in overrides start.</param>
    /// <exception cref="JobException">"digits.yaml:9: data.shards ..." or "--set data.shards=0: ...".</exception>
    public static Job Load(string path, IReadOnlyList<string> overrides, string currentDirectory) => throw new NotSupportedException();

    /// <summary>The job as a job file with every default filled in; <see cref="Load"/> reads it back to an equal job.</summary>
    public static string Write(Job job) => throw new NotSupportedException();
}
