using Orleans.Concurrency;

namespace Granary.Contracts;

/// <summary>The list of a cluster's jobs and the queue of those that wait to start. Key: 0. Owns the order of jobs, in grain storage;
/// each job's own state belongs to its coordinator.</summary>
[Alias("granary.ICatalogueGrain")]
public interface ICatalogueGrain : IGrainWithIntegerKey
{
    /// <summary>Adds a job to the queue and starts it when a slot is free. Returns the job's id.</summary>
    [Alias("Submit")]
    Task<string> Submit(Submission submission);

    /// <summary>Every job the cluster knows, oldest first.</summary>
    [Alias("List"), AlwaysInterleave]
    Task<IReadOnlyList<JobStatus>> List();

    /// <summary>Puts a paused job back in the queue. False when it has ended.</summary>
    [Alias("Resume")]
    Task<bool> Resume(string jobId);

    /// <summary>Called by every silo that has joined, and by a coordinator whose job has ended or paused. Resumes the jobs that were
    /// running when the cluster was lost, and starts queued jobs while slots are free.</summary>
    [Alias("Awake")]
    Task Awake();

    /// <summary>The same, once whatever is being done is done; returns at once. Calls that come before it begins share it: a cluster that comes back with a long queue looks at it a few times, not once for each job.</summary>
    [Alias("Wake"), AlwaysInterleave]
    Task Wake();
}

/// <summary>A job handed to a cluster.</summary>
/// <param name="Job">The resolved job: defaults filled in, paths absolute.</param>
/// <param name="Output">Directory for the model and its artifacts, absolute, as the silos see it; null: the cluster's own
/// place for outputs.</param>
/// <param name="JobId">The id it must have; null: the catalogue makes one, NAME-xxxxxx.</param>
/// <param name="Priority">Jobs of a higher priority start first; among equals, those submitted first.</param>
/// <param name="Continue">Output folder of a shorter run of the same job that this one goes on from, absolute, the same for every silo.</param>
/// <param name="Group">What it was submitted with: jobs of one sweep have the same.</param>
/// <param name="Warnings">What the check of the job found doubtful; null: nothing.</param>
/// <param name="Overwrite">Whether results of another run that the output holds may be replaced.</param>
/// <param name="Silos">Names of the silos that are expected to take part; the job reports which did not, and why. Null: any silo.</param>
/// <param name="Owner">Name of the token that it was submitted with, as the HTTP API has found it: no client says it. Null: no token was asked for.</param>
[GenerateSerializer, Immutable, Alias("granary.Submission")]
public sealed record Submission(
    [property: Id(0)] Job Job,
    [property: Id(1)] string? Output,
    [property: Id(2)] string? JobId = null,
    [property: Id(3)] int Priority = 0,
    [property: Id(4)] string? Continue = null,
    [property: Id(5)] string? Group = null,
    [property: Id(6)] IReadOnlyList<JobWarning>? Warnings = null,
    [property: Id(7)] bool Overwrite = false,
    [property: Id(8)] IReadOnlyList<string>? Silos = null,
    [property: Id(9)] string? Owner = null);
