namespace Granary.Contracts;

/// <summary>The weights that one worker holds.</summary>
/// <param name="Step">Committed steps.</param>
/// <param name="Sha256">Over the flat weights as little-endian float32, lower-case hex.</param>
/// <param name="Parameters">Number of weights.</param>
[GenerateSerializer, Immutable, Alias("granary.SavedWeights")]
public sealed record SavedWeights([property: Id(0)] long Step, [property: Id(1)] string Sha256, [property: Id(2)] long Parameters);

/// <summary>What a job leaves in a directory when it ends, besides the model.</summary>
/// <param name="Output">The directory, absolute; made if missing.</param>
/// <param name="Artifacts">Files by name: the job file, metrics, the summary.</param>
/// <param name="Copies">Parts of checkpoints to be copied there, by file name: what training on takes.</param>
/// <param name="KeepsState">Whether what an earlier run left there to be trained on stays where there is nothing newer.</param>
/// <param name="Overwrite">Whether results that the directory holds may be replaced.</param>
/// <param name="Continues">Directory of the run that the job goes on from; null: none.</param>
/// <param name="Points">All of the job's points, for its TensorBoard file; null: it has none.</param>
/// <param name="Threshold">Two classes: the model chooses the second from this probability on; null: from 0.5 on.</param>
[GenerateSerializer, Immutable, Alias("granary.Publication")]
public sealed record Publication(
    [property: Id(0)] string Output,
    [property: Id(1)] IReadOnlyDictionary<string, string> Artifacts,
    [property: Id(2)] IReadOnlyDictionary<string, CheckpointPart> Copies,
    [property: Id(3)] bool KeepsState,
    [property: Id(4)] bool Overwrite,
    [property: Id(5)] string? Continues,
    [property: Id(6)] IReadOnlyList<MetricPoint>? Points = null,
    [property: Id(7)] double? Threshold = null);

/// <summary>What a model makes of the held-out examples of a shard.</summary>
/// <param name="Shard">Index of the shard.</param>
/// <param name="Confusion">Truths and predictions.</param>
/// <param name="Probabilities">What the probabilities add up to; null where the model gives none.</param>
/// <param name="Scores">For each class that is ranked all of its scores, in the order of <see cref="ClassTable.Ranked"/>; empty where there are none, or too many.</param>
/// <param name="Labels">Where a row has any number of labels: what rows have and are said to have, in the place of <paramref name="Confusion"/>; null otherwise.</param>
[GenerateSerializer, Immutable, Alias("granary.HeldOutClasses")]
public sealed record HeldOutClasses(
    [property: Id(0)] int Shard,
    [property: Id(1)] IReadOnlyList<ConfusionCell> Confusion,
    [property: Id(2)] ProbabilitySums? Probabilities,
    [property: Id(3)] IReadOnlyList<ScorePage> Scores,
    [property: Id(4)] LabelSums? Labels = null);

/// <summary>Steps that have been committed since a worker's last report, and evaluations.</summary>
/// <param name="Generation">Job and generation.</param>
/// <param name="Rank">The worker's place in the generation, from 0.</param>
/// <param name="Committed">Committed steps in all.</param>
/// <param name="Steps">One record per committed step, in order, with every shard of the job: members tell each other. Only
/// the first member reports them.</param>
/// <param name="Evaluations">One record per shard and evaluation pass; the first member's report again.</param>
/// <param name="Taken">Steps that the times below were spent on.</param>
/// <param name="Seconds">Where the time went since the last report.</param>
/// <param name="Traced">Traced steps that it has ended since then; null: none.</param>
[GenerateSerializer, Immutable, Alias("granary.WorkerReport")]
public sealed record WorkerReport(
    [property: Id(0)] GenerationId Generation,
    [property: Id(1)] int Rank,
    [property: Id(2)] long Committed,
    [property: Id(3)] IReadOnlyList<StepRecord> Steps,
    [property: Id(4)] IReadOnlyList<EvaluationRecord> Evaluations,
    [property: Id(7)] int Taken,
    [property: Id(8)] WorkerSeconds Seconds,
    [property: Id(9)] IReadOnlyList<TracedEnd>? Traced = null);

/// <summary>One committed step.</summary>
/// <param name="Step">The step, from 0.</param>
/// <param name="Shards">The shards that had examples in it.</param>
/// <param name="Last">Whether the optimiser has found what it was looking for: there is no step after it.</param>
/// <param name="GradientNorm">Euclidean norm of the averaged gradient before it was clipped; null: the job does not clip.</param>
[GenerateSerializer, Immutable, Alias("granary.StepRecord")]
public readonly record struct StepRecord(
    [property: Id(0)] long Step, [property: Id(1)] ShardRecord[] Shards, [property: Id(2)] bool Last = false,
    [property: Id(3)] double? GradientNorm = null);

/// <summary>What one shard put into one step.</summary>
/// <param name="Shard">Index of the shard.</param>
/// <param name="Examples">Examples counted.</param>
/// <param name="Weight">Sum of their weights.</param>
/// <param name="LossSum">Sum of their weighted losses.</param>
/// <param name="Digest">Of the rows really gathered: see the ledger.</param>
[GenerateSerializer, Immutable, Alias("granary.ShardRecord")]
public readonly record struct ShardRecord(
    [property: Id(0)] int Shard,
    [property: Id(1)] int Examples,
    [property: Id(2)] double Weight,
    [property: Id(3)] double LossSum,
    [property: Id(4)] ulong Digest);

/// <summary>One shard's held-out examples under the weights of one step.</summary>
/// <param name="Step">Committed steps when it was made.</param>
/// <param name="Shard">Index of the shard.</param>
/// <param name="Examples">Held-out examples.</param>
/// <param name="Weight">Sum of their weights.</param>
/// <param name="LossSum">Sum of their weighted losses.</param>
/// <param name="Correct">Predictions that are right.</param>
/// <param name="Predictions">Predictions made: one per example, or one per token (text).</param>
/// <param name="Numbers">Where the target is a number: how far predictions are from it, in the units that it is trained in; nothing otherwise.</param>
/// <param name="RowWeight">Sum of the rows' own weights, where a column says them; 0 otherwise.</param>
/// <param name="RightWeight">Likewise: that of the rows whose predictions are right.</param>
[GenerateSerializer, Immutable, Alias("granary.EvaluationRecord")]
public readonly record struct EvaluationRecord(
    [property: Id(0)] long Step,
    [property: Id(1)] int Shard,
    [property: Id(2)] long Examples,
    [property: Id(3)] double Weight,
    [property: Id(4)] double LossSum,
    [property: Id(5)] long Correct,
    [property: Id(6)] long Predictions,
    [property: Id(7)] NumberSums Numbers = default,
    [property: Id(8)] double RowWeight = 0,
    [property: Id(9)] double RightWeight = 0);

/// <summary><see cref="NumberErrors"/> as they travel between workers, byte by byte.</summary>
/// <inheritdoc cref="NumberErrors"/>
[GenerateSerializer, Immutable, Alias("granary.NumberSums")]
public readonly record struct NumberSums(
    [property: Id(0)] double Weight,
    [property: Id(1)] double SquaredErrors,
    [property: Id(2)] double AbsoluteErrors,
    [property: Id(3)] double Mean,
    [property: Id(4)] double SquaredDeviations)
{
    /// <summary>Of some errors; nothing where there are none.</summary>
    public static NumberSums Of(NumberErrors? errors) => errors is { } e ? new(e.Weight, e.SquaredErrors, e.AbsoluteErrors, e.Mean, e.SquaredDeviations) : default;

    /// <summary>The errors; null: there are none.</summary>
    public NumberErrors? Errors() => Weight == 0 ? null : new(Weight, SquaredErrors, AbsoluteErrors, Mean, SquaredDeviations);
}

/// <summary>Why a worker cannot go on.</summary>
[GenerateSerializer, Alias("granary.TroubleKind")]
public enum TroubleKind { NonFiniteLoss, NonFiniteGradient, NonFiniteWeights, LostPeer, Exception }

/// <summary>A worker's report that it cannot go on.</summary>
/// <param name="Generation">Job and generation.</param>
/// <param name="Rank">The worker's place in the generation, from 0.</param>
/// <param name="Kind">What kind of cause.</param>
/// <param name="Step">The step under way.</param>
/// <param name="Shard">The shard concerned, where one is known.</param>
/// <param name="Peer">The member lost, where one is.</param>
/// <param name="Message">The cause, for people.</param>
[GenerateSerializer, Immutable, Alias("granary.WorkerTrouble")]
public sealed record WorkerTrouble(
    [property: Id(0)] GenerationId Generation,
    [property: Id(1)] int Rank,
    [property: Id(2)] TroubleKind Kind,
    [property: Id(3)] long Step,
    [property: Id(4)] int? Shard,
    [property: Id(5)] int? Peer,
    [property: Id(6)] string Message);

/// <summary>A call belongs to a generation that has been replaced: its sender has missed a change of the set of workers.</summary>
[GenerateSerializer, Alias("granary.StaleGenerationException")]
public sealed class StaleGenerationException(string message) : Exception(message);

/// <summary>A member of the generation cannot be reached any more.</summary>
[GenerateSerializer, Alias("granary.LostPeerException")]
public sealed class LostPeerException(string message) : Exception(message)
{
    [Id(0)]
    private string[]? _silos;

    [Id(1)]
    private string?[]? _causes;

    /// <summary>The silos of the members that are not reached, by name; empty: not known.</summary>
    public IReadOnlyList<string> Silos
    {
        get => _silos ?? [];
        init => _silos = [.. value];
    }

    /// <summary>For each of <see cref="Silos"/> what was said when it was tried to reach, as that a certificate is of another authority; null: nothing, it did not answer in time.</summary>
    public IReadOnlyList<string?> Causes
    {
        get => _causes ?? new string?[Silos.Count];
        init => _causes = [.. value];
    }
}

/// <summary>A member's gradients are wrong: it must not take part in the job.</summary>
[GenerateSerializer, Alias("granary.WrongGradientException")]
public sealed class WrongGradientException(string message) : Exception(message);

/// <summary>A checkpoint's part is torn, missing or not what was written.</summary>
[GenerateSerializer, Alias("granary.DamagedCheckpointException")]
public sealed class DamagedCheckpointException(string message) : Exception(message);

/// <summary>The store of checkpoints cannot be asked just now. What it holds is not lost: whoever needs it waits.</summary>
[GenerateSerializer, Alias("granary.CheckpointUnavailableException")]
public sealed class CheckpointUnavailableException(string message) : Exception(message);
