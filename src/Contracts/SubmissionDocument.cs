namespace Granary.Contracts;

/// <summary>A <see cref="Submission"/> as JSON: its job as a job file in which every default is filled in and every path is absolute.</summary>
/// <param name="Yaml">The job file.</param>
/// <param name="Output">As there; the others too.</param>
public sealed record SubmissionDocument(
    string Yaml,
    string? Output,
    string? JobId,
    int Priority,
    string? Continue,
    string? Group,
    IReadOnlyList<JobWarning>? Warnings,
    bool Overwrite,
    IReadOnlyList<string>? Silos)
{
    private const string Root = "/";

    /// <summary>A submission's document.</summary>
    public static SubmissionDocument Of(Submission s) =>
        new(JobFile.Write(s.Job), s.Output, s.JobId, s.Priority, s.Continue, s.Group, s.Warnings, s.Overwrite, s.Silos);

    /// <summary>The submission.</summary>
    /// <exception cref="JobException">The job file is wrong: another version has written it.</exception>
    public Submission Submission() => new(
        JobFile.Parse(Yaml, "job.yaml", Root, [], Root, anyKind: true), Output, JobId, Priority, Continue, Group, Warnings, Overwrite, Silos);
}
