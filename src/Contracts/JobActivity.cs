namespace Granary.Contracts;

/// <summary>What a worker is doing for a job.</summary>
[GenerateSerializer, Alias("granary.WorkerActivity")]
public enum WorkerActivity
{
    /// <summary>It joins a generation: it connects to the others and takes over weights.</summary>
    Joining,

    /// <summary>Its shards read their parts of the data.</summary>
    ReadingData,

    /// <summary>It may take no step until the coordinator grants the next ones.</summary>
    AwaitingGrant,

    /// <summary>It computes gradients.</summary>
    Computing,

    /// <summary>It exchanges sums and weights with the others.</summary>
    Exchanging,

    /// <summary>It evaluates the held-out examples.</summary>
    Evaluating,

    /// <summary>It did not answer.</summary>
    NotAnswering,
}

/// <summary>What one rank of a job is doing.</summary>
/// <param name="Rank">The rank.</param>
/// <param name="Silo">Its silo.</param>
/// <param name="Activity">What it does.</param>
/// <param name="Seconds">For how long; exchanging: since the last byte came or went; not answering: since it was first asked in vain.</param>
/// <param name="WaitsFor">Silos whose numbers it waits for.</param>
/// <param name="Shards">Shards that it waits for while they are read.</param>
[GenerateSerializer, Immutable, Alias("granary.RankActivity")]
public sealed record RankActivity(
    [property: Id(0)] int Rank,
    [property: Id(1)] string Silo,
    [property: Id(2)] WorkerActivity Activity,
    [property: Id(3)] double Seconds,
    [property: Id(4)] IReadOnlyList<string> WaitsFor,
    [property: Id(5)] IReadOnlyList<int> Shards)
{
    /// <summary>The activity for people: "reading data".</summary>
    public string Words => Activity switch
    {
        WorkerActivity.ReadingData => "reading data",
        WorkerActivity.AwaitingGrant => "awaiting a grant",
        WorkerActivity.NotAnswering => "not answering",
        _ => Activity.ToString().ToLowerInvariant(),
    };
}

/// <summary>What a job is doing just now, rank by rank.</summary>
/// <param name="JobId">The job.</param>
/// <param name="State">Its state.</param>
/// <param name="Activity">What the coordinator does, as in <see cref="JobStatus.Activity"/>.</param>
/// <param name="Step">Committed steps.</param>
/// <param name="Seconds">Since it last made progress: a step, or another activity.</param>
/// <param name="WaitingFor">Where it has made none for seconds: who or what it waits for; else null.</param>
/// <param name="Ranks">The ranks of the present generation; none while there is none.</param>
[GenerateSerializer, Immutable, Alias("granary.JobActivity")]
public sealed record JobActivity(
    [property: Id(0)] string JobId,
    [property: Id(1)] JobState State,
    [property: Id(2)] string Activity,
    [property: Id(3)] long Step,
    [property: Id(4)] double Seconds,
    [property: Id(5)] string? WaitingFor,
    [property: Id(6)] IReadOnlyList<RankActivity> Ranks);
