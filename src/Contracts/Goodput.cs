namespace Granary.Contracts;

/// <summary>What a second of a job was spent on. Every second from its submission to its end belongs to exactly one of them. Values are
/// stored: new ones go to the end.</summary>
[GenerateSerializer, Alias("granary.TimePart")]
public enum TimePart
{
    /// <summary>The job waits for its turn.</summary>
    Queued,

    /// <summary>Its first silos are gathered and prepared.</summary>
    Starting,

    /// <summary>Its data is read for the first time.</summary>
    ReadingData,

    /// <summary>Gradients are computed.</summary>
    Computing,

    /// <summary>Numbers travel between workers.</summary>
    Exchanging,

    /// <summary>A worker has nothing to send, receive or compute until another has sent its part.</summary>
    Waiting,

    /// <summary>The optimiser updates weights.</summary>
    Updating,

    /// <summary>Held-out examples are evaluated.</summary>
    Evaluating,

    /// <summary>Steps wait for a checkpoint, or the job for its model's files.</summary>
    CheckpointStall,

    /// <summary>Steps that had to be taken again: their first time.</summary>
    Lost,

    /// <summary>A silo is lost or has stopped answering, and nobody has noticed yet.</summary>
    Detecting,

    /// <summary>A new generation is formed, and gets its weights and state.</summary>
    Rendezvous,

    /// <summary>Nothing of that: the job is paused, or its workers wait for steps to be granted.</summary>
    Idle,
}

/// <summary>A part of a job's time.</summary>
/// <param name="Part">Which.</param>
/// <param name="Seconds">How long, all in all.</param>
[GenerateSerializer, Immutable, Alias("granary.TimeShare")]
public readonly record struct TimeShare([property: Id(0)] TimePart Part, [property: Id(1)] double Seconds);

/// <summary>Where a job's time went. While it trains its workers measure, and the mean over the workers counts.</summary>
/// <param name="JobId">The job.</param>
/// <param name="WallSeconds">Seconds from its submission to its end, or until now: the sum of the parts.</param>
/// <param name="Parts">One for each <see cref="TimePart"/>, in their order.</param>
/// <param name="StepsRedone">Steps that were committed and had to be taken again.</param>
/// <param name="ExamplesInVain">Examples counted in them.</param>
/// <param name="Recoveries">How often a new generation was formed after a failure, by its cause.</param>
[GenerateSerializer, Immutable, Alias("granary.GoodputReport")]
public sealed record GoodputReport(
    [property: Id(0)] string JobId,
    [property: Id(1)] double WallSeconds,
    [property: Id(2)] IReadOnlyList<TimeShare> Parts,
    [property: Id(3)] long StepsRedone,
    [property: Id(4)] long ExamplesInVain,
    [property: Id(5)] IReadOnlyDictionary<string, int> Recoveries)
{
    private static readonly HashSet<TimePart> Good = [TimePart.Computing, TimePart.Exchanging, TimePart.Updating, TimePart.Evaluating];

    /// <summary>Part of the wall time that brought the job forward: computing, exchanging, updating and evaluating; from 0 to 1.</summary>
    public double Goodput => WallSeconds > 0 ? Parts.Where(p => Good.Contains(p.Part)).Sum(p => p.Seconds) / WallSeconds : 0;

    /// <summary>Whether a part brings the job forward.</summary>
    public static bool IsGood(TimePart part) => Good.Contains(part);

    /// <summary>As it stands in JSON documents.</summary>
    public object Document() => new
    {
        job = JobId,
        wallSeconds = WallSeconds,
        goodput = Goodput,
        parts = Parts.Select(p => new { name = Name(p.Part), seconds = p.Seconds }),
        stepsRedone = StepsRedone,
        examplesInVain = ExamplesInVain,
        recoveries = Recoveries,
    };

    /// <summary>A part's name, for people and files.</summary>
    public static string Name(TimePart part) => part switch
    {
        TimePart.ReadingData => "reading data",
        TimePart.Waiting => "waiting for a slower rank",
        TimePart.CheckpointStall => "checkpoint stall",
        TimePart.Rendezvous => "rendezvous and restoring",
        _ => part.ToString().ToLowerInvariant(),
    };
}

/// <summary>Where a worker's time went while its job trained, in seconds.</summary>
/// <param name="Computing">On gradients.</param>
/// <param name="Exchanging">On numbers that travel.</param>
/// <param name="Waiting">For numbers of others.</param>
/// <param name="Updating">On the optimiser.</param>
/// <param name="Evaluating">On held-out examples.</param>
/// <param name="CheckpointStall">On checkpoints, while no step was taken.</param>
/// <param name="Idle">For steps to be granted.</param>
[GenerateSerializer, Immutable, Alias("granary.WorkerSeconds")]
public readonly record struct WorkerSeconds(
    [property: Id(0)] double Computing = 0,
    [property: Id(1)] double Exchanging = 0,
    [property: Id(2)] double Waiting = 0,
    [property: Id(3)] double Updating = 0,
    [property: Id(4)] double Evaluating = 0,
    [property: Id(5)] double CheckpointStall = 0,
    [property: Id(6)] double Idle = 0)
{
    /// <summary>All together.</summary>
    public double Sum => Computing + Exchanging + Waiting + Updating + Evaluating + CheckpointStall + Idle;

    /// <summary>Of a step what comes after its gradients.</summary>
    public double AfterGradients => Exchanging + Waiting + Updating;

    /// <summary>Both together.</summary>
    public static WorkerSeconds operator +(WorkerSeconds a, WorkerSeconds b) => new(
        a.Computing + b.Computing, a.Exchanging + b.Exchanging, a.Waiting + b.Waiting, a.Updating + b.Updating,
        a.Evaluating + b.Evaluating, a.CheckpointStall + b.CheckpointStall, a.Idle + b.Idle);
}
