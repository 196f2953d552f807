using System.Net;
using Orleans.Services;

namespace Granary.Contracts;

/// <summary>
/// The one service per silo that holds a job's weights, runs the compute threads, sums the gradients of the shards that
/// live in its silo and exchanges sums and weights with the other workers. Every call names job and generation; one with
/// an older generation than the worker knows is refused with <see cref="StaleGenerationException"/>.
/// </summary>
[Alias("granary.IWorker")]
public interface IWorker : IGrainService
{
    /// <summary>The silo, its process and its means.</summary>
    [Alias("Describe")]
    Task<SiloInfo> Describe();

    /// <summary>Takes a place in a generation: whatever an older one was doing stops, and the shards assigned here read
    /// their parts of the source. Returns what they found.</summary>
    /// <exception cref="JobException">The data cannot be used; the message says where and why.</exception>
    [Alias("Survey")]
    Task<IReadOnlyList<ShardSurvey>> Survey(Assignment assignment);

    /// <summary>What the job asks to know about the training part of each shard here, in shard order.</summary>
    [Alias("Statistics")]
    Task<IReadOnlyList<TrainingStatistics>> Statistics(Membership membership, DataFacts facts);

    /// <summary>Makes the shards' examples ready for compute, builds the network, and opens the tensor channel to the
    /// other members, with the weights of step 0. Returns when every member is connected.</summary>
    [Alias("Prepare")]
    Task Prepare(Membership membership, DataFacts facts);

    /// <summary>Allows steps up to, not including, <paramref name="until"/>. Never lowers what was allowed before.</summary>
    [Alias("Grant")]
    Task Grant(Membership membership, long until);

    /// <summary>Stops after the step under way, or at once where a peer is lost. Returns the committed step.</summary>
    [Alias("Halt")]
    Task<long> Halt(Membership membership);

    /// <summary>The weights held now, as a hash.</summary>
    [Alias("Weigh")]
    Task<SavedWeights> Weigh(Membership membership);

    /// <summary>Writes the model and the papers that go with it.</summary>
    /// <param name="membership">Job and generation.</param>
    /// <param name="output">The directory; made if missing.</param>
    /// <param name="papers">Other files by name: the job file, metrics, the summary.</param>
    [Alias("Publish")]
    Task Publish(Membership membership, string output, IReadOnlyDictionary<string, string> papers);

    /// <summary>Looks for the shard whose gradient at the next step is not finite. Null when none here is.</summary>
    [Alias("FindNonFinite")]
    Task<int?> FindNonFinite(Membership membership);

    /// <summary>Forgets the job: examples, weights and connections.</summary>
    [Alias("Release")]
    Task Release(Membership membership);
}

/// <summary>Which job and which set of workers a call belongs to.</summary>
[GenerateSerializer, Immutable, Alias("granary.Membership")]
public readonly record struct Membership([property: Id(0)] string JobId, [property: Id(1)] long Generation);

/// <summary>A worker's place in a generation.</summary>
/// <param name="Membership">Job and generation.</param>
/// <param name="Job">The resolved job.</param>
/// <param name="Index">The worker's place among the members.</param>
/// <param name="Members">Every member's tensor channel, in member order: the same list for all.</param>
[GenerateSerializer, Immutable, Alias("granary.Assignment")]
public sealed record Assignment(
    [property: Id(0)] Membership Membership,
    [property: Id(1)] Job Job,
    [property: Id(2)] int Index,
    [property: Id(3)] IReadOnlyList<IPEndPoint> Members);

/// <summary>What one worker holds at the end.</summary>
/// <param name="Step">Committed steps.</param>
/// <param name="Sha256">Over the flat weights as little-endian float32, lower-case hex.</param>
/// <param name="Parameters">Number of weights.</param>
[GenerateSerializer, Immutable, Alias("granary.SavedWeights")]
public sealed record SavedWeights([property: Id(0)] long Step, [property: Id(1)] string Sha256, [property: Id(2)] long Parameters);

/// <summary>Steps that a worker has committed since its last report, and evaluations it has made.</summary>
/// <param name="Membership">Job and generation.</param>
/// <param name="Index">The worker's place among the members.</param>
/// <param name="Committed">Committed steps in all.</param>
/// <param name="Steps">One record per committed step, in order.</param>
/// <param name="Evaluations">One record per evaluation pass, in order.</param>
/// <param name="ComputeSeconds">Spent on gradients over these steps.</param>
/// <param name="ExchangeSeconds">Spent in the exchange over these steps, waiting included.</param>
[GenerateSerializer, Immutable, Alias("granary.WorkerReport")]
public sealed record WorkerReport(
    [property: Id(0)] Membership Membership,
    [property: Id(1)] int Index,
    [property: Id(2)] long Committed,
    [property: Id(3)] IReadOnlyList<StepRecord> Steps,
    [property: Id(4)] IReadOnlyList<EvaluationRecord> Evaluations,
    [property: Id(5)] double ComputeSeconds,
    [property: Id(6)] double ExchangeSeconds);

/// <summary>One committed step, as far as the shards of one worker go.</summary>
/// <param name="Step">The step, from 0.</param>
/// <param name="Shards">The shards here that had examples in it.</param>
[GenerateSerializer, Immutable, Alias("granary.StepRecord")]
public readonly record struct StepRecord([property: Id(0)] long Step, [property: Id(1)] ShardRecord[] Shards);

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
[GenerateSerializer, Immutable, Alias("granary.EvaluationRecord")]
public readonly record struct EvaluationRecord(
    [property: Id(0)] long Step,
    [property: Id(1)] int Shard,
    [property: Id(2)] long Examples,
    [property: Id(3)] double Weight,
    [property: Id(4)] double LossSum,
    [property: Id(5)] long Correct,
    [property: Id(6)] long Predictions);

/// <summary>Why a worker cannot go on.</summary>
[GenerateSerializer, Alias("granary.TroubleKind")]
public enum TroubleKind { NonFiniteLoss, NonFiniteGradient, LostPeer, Exception }

/// <summary>A worker's report that it cannot go on.</summary>
/// <param name="Membership">Job and generation.</param>
/// <param name="Index">The worker's place among the members.</param>
/// <param name="Kind">What kind of cause.</param>
/// <param name="Step">The step under way.</param>
/// <param name="Shard">The shard concerned, where one is known.</param>
/// <param name="Peer">The member lost, where one is.</param>
/// <param name="Message">The cause, for people.</param>
[GenerateSerializer, Immutable, Alias("granary.WorkerTrouble")]
public sealed record WorkerTrouble(
    [property: Id(0)] Membership Membership,
    [property: Id(1)] int Index,
    [property: Id(2)] TroubleKind Kind,
    [property: Id(3)] long Step,
    [property: Id(4)] int? Shard,
    [property: Id(5)] int? Peer,
    [property: Id(6)] string Message);

/// <summary>A call belongs to a generation that has been replaced: its sender has missed a change of the set of workers.</summary>
[GenerateSerializer, Alias("granary.StaleGenerationException")]
public sealed class StaleGenerationException(string message) : Exception(message);
