using System.Net;

namespace Granary.Contracts;

/// <summary>A member of a generation.</summary>
/// <param name="Name">The silo's name.</param>
/// <param name="Silo">Its Orleans address.</param>
/// <param name="Channel">Its tensor channel.</param>
[GenerateSerializer, Immutable, Alias("granary.Member")]
public sealed record Member(
    [property: Id(0)] string Name, [property: Id(1)] SiloAddress Silo, [property: Id(2)] IPEndPoint Channel);

/// <summary>A worker's assignment in a generation.</summary>
/// <param name="Generation">Job and generation.</param>
/// <param name="Job">The resolved job.</param>
/// <param name="Rank">The worker's place in the generation, from 0.</param>
/// <param name="Members">Every member by rank: the same list for all.</param>
/// <param name="Events">Where the job's TensorBoard file goes; null: this worker writes none.</param>
[GenerateSerializer, Immutable, Alias("granary.Assignment")]
public sealed record Assignment(
    [property: Id(0)] GenerationId Generation,
    [property: Id(1)] Job Job,
    [property: Id(2)] int Rank,
    [property: Id(3)] IReadOnlyList<Member> Members,
    [property: Id(4)] EventPlace? Events = null);

/// <summary>Where a job's TensorBoard file goes.</summary>
/// <param name="Folder">The job's output folder.</param>
/// <param name="Continued">Output folder of the run that the job goes on from, whose events are taken over; null: none.</param>
[GenerateSerializer, Immutable, Alias("granary.EventPlace")]
public sealed record EventPlace([property: Id(0)] string Folder, [property: Id(1)] string? Continued);

/// <summary>Steps that may be taken, and what else to do on the way. Every member is given the same grants.</summary>
/// <param name="From">Where the grant before ended.</param>
/// <param name="Until">First step that may not be taken yet.</param>
/// <param name="ReplicateEvery">Steps s in this range with s mod ReplicateEvery = 0, and the generation's first step, send the optimiser
/// state of version s to its replica; 0: none does.</param>
/// <param name="Checkpoint">Version, From &lt;= version &lt;= Until, that is to be written to the checkpoint store; null: none.</param>
/// <param name="Acknowledged">Records of steps before this one are in storage and may be forgotten.</param>
/// <param name="Evaluate">Whether version Until, which the members then all stand at, is to be evaluated.</param>
/// <param name="Traced">Steps in this range that are traced; null: none is.</param>
[GenerateSerializer, Immutable, Alias("granary.StepGrant")]
public sealed record StepGrant(
    [property: Id(0)] long From,
    [property: Id(1)] long Until,
    [property: Id(2)] long ReplicateEvery,
    [property: Id(3)] long? Checkpoint,
    [property: Id(4)] long Acknowledged,
    [property: Id(5)] bool Evaluate = false,
    [property: Id(6)] IReadOnlyList<TracedStep>? Traced = null)
{
    /// <summary>Whether a step sends optimiser state to its replica.</summary>
    /// <param name="step">The step.</param>
    /// <param name="first">The generation's first step.</param>
    public bool Replicates(long step, long first) => ReplicateEvery > 0 && (step == first || step % ReplicateEvery == 0);
}

/// <summary>Blocks [First, End).</summary>
[GenerateSerializer, Immutable, Alias("granary.BlockRange")]
public readonly record struct BlockRange([property: Id(0)] int First, [property: Id(1)] int End);

/// <summary>One version of a job's weights and optimiser state, as far as one silo holds it.</summary>
/// <param name="Step">Steps that led to it.</param>
/// <param name="Weights">Whether it holds all weights of this version.</param>
/// <param name="State">Blocks whose optimiser state of this version it holds.</param>
[GenerateSerializer, Immutable, Alias("granary.HeldVersion")]
public sealed record HeldVersion(
    [property: Id(0)] long Step, [property: Id(1)] bool Weights, [property: Id(2)] IReadOnlyList<BlockRange> State);

/// <summary>All that one silo holds of a job.</summary>
/// <param name="Versions">Versions of the model.</param>
/// <param name="Steps">Records of the committed steps that were asked for.</param>
/// <param name="Evaluations">Records of evaluations since then.</param>
[GenerateSerializer, Immutable, Alias("granary.Holdings")]
public sealed record HeldState(
    [property: Id(0)] IReadOnlyList<HeldVersion> Versions,
    [property: Id(1)] IReadOnlyList<StepRecord> Steps,
    [property: Id(2)] IReadOnlyList<EvaluationRecord> Evaluations);

/// <summary>Names a checkpoint in the cluster's checkpoint store.</summary>
/// <param name="Job">The job that it belongs to.</param>
/// <param name="Step">Steps that led to its version.</param>
/// <param name="Generation">The generation that wrote it; 0: taken over from an earlier run.</param>
[GenerateSerializer, Immutable, Alias("granary.CheckpointId")]
public readonly record struct CheckpointId([property: Id(0)] string Job, [property: Id(1)] long Step, [property: Id(2)] long Generation);

/// <summary>One part of a durable checkpoint: the weights and optimiser state of some blocks. In the store it is the part of the number of its
/// first block.</summary>
/// <param name="Checkpoint">The checkpoint; its job is null in what an earlier build has stored.</param>
/// <param name="Blocks">The blocks.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Checksum">XXH3 (128 bits, hex) of all of it.</param>
/// <param name="Job">The job that wrote it; null: the one that reads it.</param>
[GenerateSerializer, Immutable, Alias("granary.CheckpointPart")]
public sealed record CheckpointPart(
    [property: Id(5)] CheckpointId Checkpoint, [property: Id(1)] BlockRange Blocks, [property: Id(2)] long Bytes, [property: Id(3)] string Checksum,
    [property: Id(4)] string? Job = null);

/// <summary>Blocks that one member gives to another before a generation's first step.</summary>
/// <param name="From">Rank of the member that holds them.</param>
/// <param name="To">Rank of the member that needs them; may be the same one.</param>
/// <param name="State">Optimiser state, else weights.</param>
/// <param name="Blocks">Which blocks.</param>
[GenerateSerializer, Immutable, Alias("granary.Transfer")]
public sealed record Transfer(
    [property: Id(0)] int From, [property: Id(1)] int To, [property: Id(2)] bool State, [property: Id(3)] BlockRange Blocks);

/// <summary>Where a generation's weights and optimiser state come from: other members, a checkpoint, or (with neither, at
/// step 0) the job's seed.</summary>
/// <param name="Step">The version, that is the first step to be taken.</param>
/// <param name="Transfers">What members give each other.</param>
/// <param name="Checkpoint">Parts of a durable checkpoint of this version.</param>
[GenerateSerializer, Immutable, Alias("granary.Origin")]
public sealed record RestoreSource(
    [property: Id(0)] long Step,
    [property: Id(1)] IReadOnlyList<Transfer> Transfers,
    [property: Id(2)] IReadOnlyList<CheckpointPart> Checkpoint)
{
    /// <summary>Initial weights, made from the seed.</summary>
    public static RestoreSource Fresh { get; } = new(0, [], []);
}

/// <summary>What a member is doing.</summary>
/// <param name="Committed">Committed steps.</param>
/// <param name="Waiting">Whether it waits for other members' numbers (else it computes, or has no grant).</param>
/// <param name="WaitingFor">Ranks of the members it waits for.</param>
/// <param name="Seconds">For how long; if it waits, since the last byte was received or sent.</param>
/// <param name="Activity">What it does.</param>
/// <param name="Shards">Shards that are being read.</param>
/// <param name="Calls">Calls of this generation that take long, and that it is working at; null: an earlier build does not say.</param>
[GenerateSerializer, Immutable, Alias("granary.WorkerStanding")]
public sealed record WorkerStanding(
    [property: Id(0)] long Committed,
    [property: Id(1)] bool Waiting,
    [property: Id(2)] IReadOnlyList<int> WaitingFor,
    [property: Id(3)] double Seconds,
    [property: Id(4)] WorkerActivity Activity,
    [property: Id(5)] IReadOnlyList<int> Shards,
    [property: Id(6)] int? Calls = null);
