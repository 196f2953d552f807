namespace Granary.Web.Api;

/// <summary>The cluster, and the silo that answers.</summary>
/// <param name="Id">The cluster's id.</param>
/// <param name="Silo">The silo that answers.</param>
/// <param name="Version">Granary's version.</param>
public sealed record ClusterDocument(string Id, string Silo, string Version);

/// <summary>A living silo.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">"active", "leaving", or "silent": it has not answered within 2 s.</param>
/// <param name="Pid">Its process; 0 when it is silent.</param>
/// <param name="Address">Its Orleans address.</param>
/// <param name="Threads">Compute threads.</param>
/// <param name="Device">"cpu" or "cuda:N".</param>
/// <param name="Gflops">10^9 operations a second on one compute thread; 0: not known.</param>
/// <param name="Platform">Silos that differ here may differ in the last bit.</param>
public sealed record SiloDocument(string Name, string State, int Pid, string Address, int Threads, string Device, double Gflops, string Platform);

/// <summary>Where a job stands.</summary>
public sealed record JobDocument
{
    /// <summary>The job's id.</summary>
    public required string Job { get; init; }

    /// <summary>The job's name.</summary>
    public required string Name { get; init; }

    /// <summary>"queued", "running", "paused", "completed", "failed" or "cancelled".</summary>
    public required string State { get; init; }

    /// <summary>What it is doing right now, for people.</summary>
    public required string Activity { get; init; }

    /// <summary>Committed steps.</summary>
    public required long Step { get; init; }

    /// <summary>Steps of the whole job; 0 until the data has been read.</summary>
    public required long Steps { get; init; }

    /// <summary>Epochs of the whole job; 0 where it is measured in steps.</summary>
    public required int Epochs { get; init; }

    /// <summary>Steps per epoch; 0 until the data has been read.</summary>
    public required long StepsPerEpoch { get; init; }

    /// <summary>Raised each time the set of silos that train changes.</summary>
    public required long Generation { get; init; }

    /// <summary>Times that training went on after a silo was lost.</summary>
    public required int Recoveries { get; init; }

    /// <summary>Examples counted in committed steps.</summary>
    public required long Examples { get; init; }

    /// <summary>Examples a second: lately while it trains, else over the last sitting.</summary>
    public required double ExamplesPerSecond { get; init; }

    /// <summary>Seconds of training, without pauses.</summary>
    public required double Seconds { get; init; }

    /// <summary>When it was submitted.</summary>
    public required DateTimeOffset Submitted { get; init; }

    /// <summary>Shards of the job.</summary>
    public required int Shards { get; init; }

    /// <summary>Jobs of a higher priority start first.</summary>
    public required int Priority { get; init; }

    /// <summary>Jobs of one sweep or cross-validation have the same; null: alone.</summary>
    public string? Group { get; init; }

    /// <summary>Name of the token that it was submitted with; null: none was asked for.</summary>
    public string? Owner { get; init; }

    /// <summary>Step of the newest durable checkpoint; null: none.</summary>
    public long? DurableStep { get; init; }

    /// <summary>The silo of the job's coordinator.</summary>
    public required string Coordinator { get; init; }

    /// <summary>Silos that take part now, or took part last.</summary>
    public required IReadOnlyList<MemberDocument> Members { get; init; }

    /// <summary>Silos that live but have no part, for there are no more shards.</summary>
    public required IReadOnlyList<string> Idle { get; init; }

    /// <summary>Silos that were meant to take part and do not.</summary>
    public required IReadOnlyList<AbsentDocument> Absent { get; init; }

    /// <summary>Where it runs and has made no progress for seconds: who or what it waits for.</summary>
    public string? WaitingFor { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Failure { get; init; }

    /// <summary>What it has left, once the model is written.</summary>
    public ResultDocument? Result { get; init; }
}

/// <summary>A silo's share of a job.</summary>
/// <param name="Silo">The silo.</param>
/// <param name="Pid">Its process.</param>
/// <param name="FirstShard">First shard it owns.</param>
/// <param name="EndShard">One past the last shard it owns.</param>
/// <param name="ComputeSeconds">Mean seconds per step on gradients, lately.</param>
/// <param name="ExchangeSeconds">Mean seconds per step in the exchange, lately, waiting included.</param>
public sealed record MemberDocument(string Silo, int Pid, int FirstShard, int EndShard, double ComputeSeconds, double ExchangeSeconds);

/// <summary>What a job is doing just now.</summary>
/// <param name="Activity">What its coordinator does, for people.</param>
/// <param name="Step">Committed steps.</param>
/// <param name="SecondsSinceProgress">Since its last step, or since it began something else.</param>
/// <param name="WaitingFor">Where that is long: who or what it waits for; else null.</param>
/// <param name="Ranks">The ranks of the present generation.</param>
public sealed record ActivityDocument(string Activity, long Step, double SecondsSinceProgress, string? WaitingFor, IReadOnlyList<RankDocument> Ranks);

/// <summary>What a rank is doing.</summary>
/// <param name="Rank">The rank.</param>
/// <param name="Silo">Its silo.</param>
/// <param name="Activity">"joining", "reading data", "awaiting a grant", "computing", "exchanging", "evaluating" or "not answering".</param>
/// <param name="Seconds">For how long; exchanging: since the last byte; not answering: since it was first asked in vain.</param>
/// <param name="WaitsFor">Silos whose numbers it waits for.</param>
/// <param name="Shards">Shards that are being read.</param>
public sealed record RankDocument(int Rank, string Silo, string Activity, double Seconds, IReadOnlyList<string> WaitsFor, IReadOnlyList<int> Shards);

/// <summary>Where a job's time went: every second from its submission to its end, or until now, belongs to one part.</summary>
/// <param name="Job">The job's id.</param>
/// <param name="WallSeconds">All of them.</param>
/// <param name="Goodput">Part of them that brought the job forward: computing, exchanging, updating and evaluating; from 0 to 1.</param>
/// <param name="Parts">The parts, those of no seconds too.</param>
/// <param name="StepsRedone">Steps that had to be taken again.</param>
/// <param name="ExamplesInVain">Examples counted in them.</param>
/// <param name="Recoveries">Recoveries by cause.</param>
public sealed record GoodputDocument(
    string Job, double WallSeconds, double Goodput, IReadOnlyList<TimePartDocument> Parts, long StepsRedone, long ExamplesInVain, IReadOnlyDictionary<string, int> Recoveries);

/// <summary>A part of a job's time.</summary>
/// <param name="Name">"queued", "starting", "reading data", "computing", "exchanging", "waiting for a slower rank", "updating", "evaluating", "checkpoint stall", "lost", "detecting", "rendezvous and restoring" or "idle".</param>
/// <param name="Seconds">How long, all in all.</param>
/// <param name="Part">Of all of them, from 0 to 1.</param>
/// <param name="Good">Whether it brought the job forward.</param>
public sealed record TimePartDocument(string Name, double Seconds, double Part, bool Good);

/// <summary>A silo that takes no part.</summary>
/// <param name="Silo">The silo.</param>
/// <param name="Why">Why.</param>
public sealed record AbsentDocument(string Silo, string Why);

/// <summary>What a job has left.</summary>
/// <param name="Model">Kind of model.</param>
/// <param name="Parameters">Number of weights.</param>
/// <param name="Step">Steps that led to the weights.</param>
/// <param name="StoppedEarly">Whether the evaluations ended the job before its last step.</param>
/// <param name="TrainLoss">Mean loss over the last whole epoch.</param>
/// <param name="ValidationLoss">Mean loss over the held-out examples.</param>
/// <param name="ValidationAccuracy">Part of them that the model gets right.</param>
/// <param name="WeightsSha256">Equal where two runs have come to the same bits.</param>
/// <param name="Output">The folder, as the silos see it.</param>
/// <param name="ValidationRmse">Root of the mean squared error over the held-out examples, where the target is a number.</param>
/// <param name="ValidationMae">Mean absolute error over them.</param>
/// <param name="ValidationR2">Coefficient of determination over them.</param>
/// <param name="ValidationFigures">Where there are classes: all figures over them, as summary.json has them.</param>
public sealed record ResultDocument(
    string Model, long Parameters, long Step, bool StoppedEarly, double? TrainLoss, double? ValidationLoss, double? ValidationAccuracy, string WeightsSha256, string Output,
    double? ValidationRmse = null, double? ValidationMae = null, double? ValidationR2 = null,
    Jobs.ClassFigures? ValidationFigures = null);

/// <summary>A job with its job file.</summary>
/// <param name="Status">Where it stands.</param>
/// <param name="JobFile">The job file, every default filled in.</param>
/// <param name="Artifacts">Files that it has left.</param>
public sealed record JobDetails(JobDocument Status, string JobFile, IReadOnlyList<ArtifactDocument> Artifacts);

/// <summary>A file that a job has left.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Url">Where to get it.</param>
public sealed record ArtifactDocument(string Name, long Bytes, string Url);

/// <summary>A job that has been taken.</summary>
/// <param name="Job">Its id.</param>
/// <param name="Warnings">What the check of its data found doubtful.</param>
public sealed record SubmittedDocument(string Job, IReadOnlyList<WarningDocument> Warnings);

/// <summary>Something that does not keep a job from running, but may not be what was meant.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Message">For people.</param>
public sealed record WarningDocument(string Kind, string Message);

/// <summary>Something that has happened to a job.</summary>
/// <param name="Id">What a stream goes on after, as Last-Event-ID.</param>
/// <param name="At">When.</param>
/// <param name="Kind">What kind of thing: "siloLost", "formed", "resumed", ...</param>
/// <param name="Step">Committed steps then.</param>
/// <param name="Generation">Generation then.</param>
/// <param name="Silo">The silo concerned.</param>
/// <param name="Message">What, and why.</param>
/// <param name="Rewind">How far training went back.</param>
public sealed record EventDocument(string Id, DateTimeOffset At, string Kind, long Step, long Generation, string? Silo, string Message, RewindDocument? Rewind);

/// <summary>How far training went back; the steps in between are taken again, with the same results.</summary>
/// <param name="From">Steps that had been committed.</param>
/// <param name="To">Steps that training goes on from.</param>
/// <param name="Checkpoint">Whether from a checkpoint, else from what silos still held.</param>
public sealed record RewindDocument(long From, long To, bool Checkpoint);

/// <summary>A job's figures: every list has an entry for each point, null where there is no figure.</summary>
/// <param name="Job">The job's id.</param>
/// <param name="Generation">The job's generation: figures of another one may be other ones.</param>
/// <param name="Recorded">Points that the cluster has, in the range that was asked for.</param>
/// <param name="Step">Committed steps at each point.</param>
/// <param name="Epoch">Its epoch, from 0.</param>
/// <param name="Seconds">Seconds of training until then.</param>
/// <param name="Loss">Mean loss over the batch of its last step; "NaN" once a job has diverged.</param>
/// <param name="EpochLoss">At the end of an epoch: mean loss over its examples.</param>
/// <param name="ValidationLoss">At an evaluation: mean loss over the held-out examples.</param>
/// <param name="ValidationAccuracy">At an evaluation: part of the held-out examples that the model gets right.</param>
/// <param name="LearningRate">The learning rate of its last step; null with L-BFGS, which searches for one.</param>
/// <param name="GradientNorm">Norm of the averaged gradient of its last step before it was clipped; null where the job does not clip.</param>
/// <param name="ExamplesPerSecond">Examples a second since the point before.</param>
/// <param name="ValidationRmse">At an evaluation, where the target is a number: root of the mean squared error over the held-out examples.</param>
public sealed record SeriesDocument(
    string Job,
    long Generation,
    int Recorded,
    IReadOnlyList<long> Step,
    IReadOnlyList<int> Epoch,
    IReadOnlyList<double> Seconds,
    IReadOnlyList<double> Loss,
    IReadOnlyList<double?> EpochLoss,
    IReadOnlyList<double?> ValidationLoss,
    IReadOnlyList<double?> ValidationAccuracy,
    IReadOnlyList<double?> LearningRate,
    IReadOnlyList<double?> GradientNorm,
    IReadOnlyList<double?> ExamplesPerSecond,
    IReadOnlyList<double?> ValidationRmse);
