namespace Granary.Jobs;

/// <summary>All keys of a job file.</summary>
internal static class JobKeys
{
    /// <summary>A job of nothing but defaults.</summary>
    public static Job Blank { get; } = new(
        1, "job", new ModelSection { Kind = ModelKinds.BuiltIn[0].Kind }, new DataSection { Format = FormatKinds.BuiltIn[0].Format, Path = "" }, new TrainingSection { Epochs = 1 });

    /// <summary>The whole file.</summary>
    public static JobSection File { get; } = FileKeys.Section();

    /// <summary>The job that a file describes: what it gives, then the defaults that depend on that, then what has no meaning is refused.</summary>
    /// <exception cref="JobException">A key is unknown, of another type, out of range, missing, or without a meaning for the job's kinds.</exception>
    public static Job Read(YamlMap file, ReadingPlace place)
    {
        var job = File.Fill(File.Read(Blank, file, place), file);
        File.Check(job, file);
        return job;
    }
}
