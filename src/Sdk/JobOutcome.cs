using Granary.Contracts;

namespace Granary.Sdk;

/// <summary>What a job came to that has ended without failing.</summary>
public sealed class JobOutcome
{
    private JobOutcome(JobStatus status) => Status = status;

    /// <summary>Where it stood at its end.</summary>
    public JobStatus Status { get; }

    /// <summary>Whether it was trained to its end; else it was cancelled.</summary>
    public bool IsCompleted => Status.State == JobState.Completed;

    /// <summary>The figures of the model; null where a cancelled job has left none.</summary>
    public JobResult? Result => Status.Result;

    /// <summary>The files that it has left; null where a cancelled job has left none.</summary>
    public JobArtifacts? Artifacts => Result is { } result ? new JobArtifacts(result.Output) : null;

    /// <exception cref="JobFailedException">It has failed.</exception>
    internal static JobOutcome Of(JobStatus status) => status.State == JobState.Failed
        ? throw new JobFailedException(status.Failure ?? $"{status.JobId} failed.", status)
        : new JobOutcome(status);
}
