namespace Granary.Jobs;

/// <summary>The job file itself.</summary>
internal static class FileKeys
{
    /// <summary>All keys.</summary>
    public static JobSection Section()
    {
        var job = new Lens<Job>("", j => j, (_, j) => j);
        return job.Section(
            "A Granary job file: all that decides the trained weights",
            job.Key("version", j => j.Version, (j, v) => j with { Version = v }, new FormatVersion(), "the version of this file's form").Needed(),
            job.Key("name", j => j.Name, (j, v) => j with { Name = v }, new GivenName(), "part of the job's id and of its output folder")
                .DefaultIs("made from the file's name (\"my job é.yaml\" gives my-job-e)"),
            ModelKeys.Section(job.Inner("model", j => j.Model, (j, m) => j with { Model = m })),
            DataKeys.Section(job.Inner("data", j => j.Data, (j, d) => j with { Data = d })),
            TrainingKeys.Section(job.Inner("training", j => j.Training, (j, t) => j with { Training = t })),
            OutputKeys.Section(job.Inner("output", j => j.Output, (j, o) => j with { Output = o })),
            TrackingKeys.Section(job.Inner("tracking", j => j.Tracking ?? new TrackingSection { Mlflow = "" }, (j, t) => j with { Tracking = t }))
                .When(j => j.Tracking is not null));
    }
}
