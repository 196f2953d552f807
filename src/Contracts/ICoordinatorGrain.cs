using Orleans.Concurrency;

namespace Granary.Contracts;

/// <summary>Owns one job: its state, generation, members, steps and result. Key: the job id. Its state survives in grain
/// storage; a lost activation is made again by the next call of a worker, a client or its reminder. It grants runs of
/// steps to the workers and never touches a tensor.</summary>
[Alias("granary.ICoordinatorGrain")]
public interface ICoordinatorGrain : IGrainWithStringKey
{
    /// <summary>Takes the job on, queued. Called once, by the catalogue.</summary>
    [Alias("Accept")]
    Task Accept(Submission submission);

    /// <summary>Starts or continues the job. Returns once it is under way; a second call changes nothing.</summary>
    [Alias("Start")]
    Task Start();

    /// <summary>Status of the job, with the metric points after the given count. Null when no such job exists.</summary>
    [Alias("Status")]
    Task<JobStatus?> Status(int pointsKnown);

    /// <summary>The same once the job has another status than the known one, or after <see cref="StatusMark.LongestWait"/>.</summary>
    /// <param name="known">The mark of the status that the caller knows.</param>
    /// <param name="pointsKnown">Metric points that it knows.</param>
    [Alias("StatusAfter"), AlwaysInterleave]
    Task<JobStatus?> StatusAfter(StatusMark known, int pointsKnown);

    /// <summary>Ends the job at the next step boundary; the last good weights are written. One that waits or is paused ends at once, with its checkpoints.</summary>
    [Alias("Cancel")]
    Task Cancel();

    /// <summary>Stops the job at the next step boundary and writes a checkpoint; its silos are free for others.</summary>
    [Alias("Pause")]
    Task Pause();

    /// <summary>Puts a paused job back in the queue; true when it waits there now, or runs.</summary>
    [Alias("Resume")]
    Task<bool> Resume();

    /// <summary>What has been counted in committed steps.</summary>
    [Alias("Ledger")]
    Task<LedgerReport?> Ledger();

    /// <summary>Where the job's time went; null when no such job exists, or an older build ran it, which did not measure its time.</summary>
    [Alias("Goodput")]
    Task<GoodputReport?> Goodput();

    /// <summary>What each rank is doing just now, and who is waited for where nothing moves. Null when no such job exists.</summary>
    [Alias("Doing"), AlwaysInterleave]
    Task<JobActivity?> Doing();

    /// <summary>What has happened to the job, oldest first.</summary>
    [Alias("Events")]
    Task<IReadOnlyList<JobEvent>> Events();

    /// <summary>A worker's steps and evaluations since its last report. Returns the first step whose record is still wanted.</summary>
    /// <exception cref="StaleGenerationException">Its generation is not the current one.</exception>
    [Alias("Report")]
    Task<long> Report(WorkerReport report);

    /// <summary>A silo has been told to stop: it must not take part after the next step boundary. Returns when it does not.</summary>
    [Alias("Leave"), AlwaysInterleave]
    Task Leave(string silo);

    /// <summary>A worker has written its part of a checkpoint, or could not. Idempotent: a worker repeats the call until it succeeds.</summary>
    /// <param name="generation">Job and generation.</param>
    /// <param name="member">Rank of the worker.</param>
    /// <param name="step">The version.</param>
    /// <param name="part">What was written; null: nothing.</param>
    /// <param name="failure">Why nothing was.</param>
    [Alias("CheckpointWritten")]
    Task CheckpointWritten(GenerationId generation, int member, long step, CheckpointPart? part, string? failure);

    /// <summary>A worker cannot go on: a non-finite number, a lost peer, an exception.</summary>
    [Alias("Trouble")]
    Task Trouble(WorkerTrouble trouble);
}

/// <summary>The life of a job.</summary>
[GenerateSerializer, Alias("granary.JobState")]
public enum JobState { Queued, Running, Paused, Completed, Failed, Cancelled }

/// <summary>Status of a job.</summary>
[GenerateSerializer, Immutable, Alias("granary.JobStatus")]
public sealed record JobStatus
{
    /// <summary>The job's id.</summary>
    [Id(0)] public required string JobId { get; init; }
    /// <summary>The job's name.</summary>
    [Id(1)] public required string Name { get; init; }
    /// <summary>Its state.</summary>
    [Id(2)] public required JobState State { get; init; }
    /// <summary>What it is doing right now, for people: "reading data", "training", "writing the model".</summary>
    [Id(3)] public string Activity { get; init; } = "";
    /// <summary>Committed steps.</summary>
    [Id(4)] public long Step { get; init; }
    /// <summary>Steps of the whole job; 0 until the data has been read.</summary>
    [Id(5)] public long Steps { get; init; }
    /// <summary>Epochs of the whole job; 0 where it is measured in steps.</summary>
    [Id(6)] public int Epochs { get; init; }
    /// <summary>Committed steps per epoch; 0 until the data has been read.</summary>
    [Id(7)] public long StepsPerEpoch { get; init; }
    /// <summary>Raised each time the set of workers changes.</summary>
    [Id(8)] public long Generation { get; init; }
    /// <summary>Times that training went on after a silo was lost.</summary>
    [Id(9)] public int Recoveries { get; init; }
    /// <summary>Silos that take part now (or took part last), with their share of the work.</summary>
    [Id(10)] public IReadOnlyList<MemberStatus> Members { get; init; } = [];
    /// <summary>Examples counted in committed steps.</summary>
    [Id(11)] public long Examples { get; init; }
    /// <summary>Examples a second: lately while it trains, else since it was last started or resumed.</summary>
    [Id(12)] public double ExamplesPerSecond { get; init; }
    /// <summary>Seconds of training since the job was submitted, including those of the run that it continues: the time during which steps
    /// were granted, without pauses and rendezvous. Up to a second is lost when the coordinator is lost.</summary>
    [Id(13)] public double Seconds { get; init; }
    /// <summary>Metric points after the count that the caller knew.</summary>
    [Id(14)] public IReadOnlyList<MetricPoint> Points { get; init; } = [];
    /// <summary>Why it failed, in one message for people.</summary>
    [Id(15)] public string? Failure { get; init; }
    /// <summary>Set once the model has been written.</summary>
    [Id(16)] public JobResult? Result { get; init; }
    /// <summary>When it was submitted.</summary>
    [Id(17)] public DateTimeOffset Submitted { get; init; }
    /// <summary>Shards of the job.</summary>
    [Id(18)] public int Shards { get; init; }
    /// <summary>Jobs of a higher priority start first.</summary>
    [Id(19)] public int Priority { get; init; }
    /// <summary>Silos that live but have no part in the job, for it has no more shards to give.</summary>
    [Id(20)] public IReadOnlyList<string> Idle { get; init; } = [];
    /// <summary>Step of the newest durable checkpoint; null: none.</summary>
    [Id(21)] public long? Durable { get; init; }
    /// <summary>When the present generation committed its first step beyond those before it; null: not yet.</summary>
    [Id(22)] public DateTimeOffset? Resumed { get; init; }
    /// <summary>The silo of the job's coordinator.</summary>
    [Id(23)] public string Coordinator { get; init; } = "";
    /// <summary>What it was submitted with: jobs of one sweep have the same. Null: alone.</summary>
    [Id(24)] public string? Group { get; init; }
    /// <summary>Silos that take no part now (or took none last), though they were meant to or could have.</summary>
    [Id(25)] public IReadOnlyList<AbsentSilo> Absent { get; init; } = [];

    /// <summary>What had been done before it was last started or resumed: by the run that it continues, or until the last pause.</summary>
    [Id(26)] public WorkDone Earlier { get; init; } = WorkDone.None;

    /// <summary>Which status this is.</summary>
    [Id(27)] public StatusMark Mark { get; init; }

    /// <summary>Where a running job has made no progress for seconds: who or what it waits for, for people; else null.</summary>
    [Id(28)] public string? WaitingFor { get; init; }

    /// <summary>Name of the token that it was submitted with; null: by somebody who needed none.</summary>
    [Id(29)] public string? Owner { get; init; }
}

/// <summary>Training that has been done.</summary>
/// <param name="Steps">Committed steps.</param>
/// <param name="Examples">Examples counted in them.</param>
/// <param name="Seconds">Seconds of training.</param>
[GenerateSerializer, Immutable, Alias("granary.WorkDone")]
public sealed record WorkDone([property: Id(0)] long Steps, [property: Id(1)] long Examples, [property: Id(2)] double Seconds)
{
    /// <summary>Nothing yet.</summary>
    public static WorkDone None { get; } = new(0, 0, 0);

    /// <summary>Examples a second since earlier work; 0 where no time has passed.</summary>
    public double ExamplesPerSecondSince(WorkDone earlier) =>
        Seconds > earlier.Seconds ? Math.Max(0, Examples - earlier.Examples) / (Seconds - earlier.Seconds) : 0;
}

/// <summary>A silo that takes no part in a job.</summary>
/// <param name="Name">The silo.</param>
/// <param name="Why">Why, for people: "it did not answer within 1 s".</param>
[GenerateSerializer, Immutable, Alias("granary.AbsentSilo")]
public sealed record AbsentSilo([property: Id(0)] string Name, [property: Id(1)] string Why);

/// <summary>A silo's share of a job.</summary>
/// <param name="Name">The silo.</param>
/// <param name="Pid">Its process.</param>
/// <param name="FirstShard">First shard it owns.</param>
/// <param name="EndShard">One past the last shard it owns.</param>
/// <param name="ComputeSeconds">Mean seconds per step it spent on gradients, lately.</param>
/// <param name="ExchangeSeconds">Mean seconds per step it spent in the exchange, waiting included, after the gradients were there, lately.</param>
[GenerateSerializer, Immutable, Alias("granary.MemberStatus")]
public sealed record MemberStatus(
    [property: Id(0)] string Name,
    [property: Id(1)] int Pid,
    [property: Id(2)] int FirstShard,
    [property: Id(3)] int EndShard,
    [property: Id(4)] double ComputeSeconds,
    [property: Id(5)] double ExchangeSeconds);

/// <summary>One line of a job's metrics.</summary>
/// <param name="Step">Committed steps when it was taken.</param>
/// <param name="Epoch">Epoch that the step belongs to, from 0.</param>
/// <param name="Loss">Mean loss per example over the batch of the last of these steps.</param>
/// <param name="EpochLoss">At the end of a round (an epoch, or the steps from one evaluation to the next): mean loss over its examples as they were trained on.</param>
/// <param name="ValidationLoss">At the end of a round: mean loss over the held-out examples.</param>
/// <param name="ValidationAccuracy">At the end of a round, where there are classes: part of the held-out examples
/// (text: tokens) that the model gets right.</param>
/// <param name="Seconds">Seconds of training up to then, pauses excluded.</param>
/// <param name="GradientNorm">Euclidean norm of the averaged gradient of the last of these steps before it was clipped; null: the job does not clip.</param>
/// <param name="ValidationNumbers">At the end of a round, where the target is a number: the errors over the held-out examples.</param>
[GenerateSerializer, Immutable, Alias("granary.MetricPoint")]
public sealed record MetricPoint(
    [property: Id(0)] long Step,
    [property: Id(1)] int Epoch,
    [property: Id(2)] double Loss,
    [property: Id(3)] double? EpochLoss,
    [property: Id(4)] double? ValidationLoss,
    [property: Id(5)] double? ValidationAccuracy,
    [property: Id(6)] double Seconds,
    [property: Id(7)] double? GradientNorm = null,
    [property: Id(8)] NumberFigures? ValidationNumbers = null);

/// <summary>What a finished job leaves.</summary>
/// <param name="Model">Kind of model: "mlp".</param>
/// <param name="Parameters">Number of weights.</param>
/// <param name="TrainLoss">Mean loss over the last whole round's examples as they were trained on.</param>
/// <param name="ValidationExamples">Held-out examples; 0 without any.</param>
/// <param name="ValidationLoss">Their mean loss under the weights of <paramref name="ValidationStep"/>.</param>
/// <param name="ValidationAccuracy">Part of them that the model gets right, where there are classes.</param>
/// <param name="WeightsSha256">Over the flat weights as little-endian float32, lower-case hex.</param>
/// <param name="Output">Directory that holds the model.</param>
/// <param name="Step">Steps that led to the weights published.</param>
/// <param name="StoppedEarly">Whether the evaluations ended the job before its last step.</param>
/// <param name="ValidationStep">Steps that led to the weights that were evaluated; null without an evaluation. Another one than
/// <paramref name="Step"/> where a job ended amid a round and the weights published could not be evaluated quickly.</param>
/// <param name="TrainLossStep">Steps at the end of the round that <paramref name="TrainLoss"/> is of; null without one.</param>
/// <param name="ValidationNumbers">The errors over the held-out examples, where the target is a number.</param>
/// <param name="ValidationFigures">Where there are classes: all figures of the weights published over the held-out examples, under the model's threshold; null
/// where these weights were not evaluated.</param>
[GenerateSerializer, Immutable, Alias("granary.JobResult")]
public sealed record JobResult(
    [property: Id(0)] string Model,
    [property: Id(1)] long Parameters,
    [property: Id(2)] double? TrainLoss,
    [property: Id(3)] long ValidationExamples,
    [property: Id(4)] double? ValidationLoss,
    [property: Id(5)] double? ValidationAccuracy,
    [property: Id(6)] string WeightsSha256,
    [property: Id(7)] string Output,
    [property: Id(8)] long Step,
    [property: Id(9)] bool StoppedEarly,
    [property: Id(10)] long? ValidationStep = null,
    [property: Id(11)] long? TrainLossStep = null,
    [property: Id(12)] NumberFigures? ValidationNumbers = null,
    [property: Id(13)] ClassFigures? ValidationFigures = null);
