using Orleans.Concurrency;
using Orleans.Runtime;
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

    /// <summary>Enters a generation: whatever an older one was doing here stops, between two versions of the weights, and can
    /// do nothing any more. Returns what this silo holds of the job.</summary>
    /// <param name="membership">Job and generation.</param>
    /// <param name="recordsFrom">The records of steps from here on are wanted too.</param>
    [Alias("Enter")]
    Task<Holdings> Enter(Membership membership, long recordsFrom);

    /// <summary>Has the shards assigned here read their parts of the source. Returns what they found.</summary>
    /// <exception cref="JobException">The data cannot be used; the message says where and why.</exception>
    [Alias("Survey"), ResponseTimeout(LongAnswer.Time)]
    Task<IReadOnlyList<ShardSurvey>> Survey(Assignment assignment);

    /// <summary>What the job asks to know about the training part of each shard here, in shard order.</summary>
    [Alias("Statistics"), ResponseTimeout(LongAnswer.Time)]
    Task<IReadOnlyList<TrainingStatistics>> Statistics(Assignment assignment, DataFacts facts);

    /// <summary>Reads shards ahead of a generation in which they will be assigned here, while another one trains.</summary>
    [Alias("Preload"), ResponseTimeout(LongAnswer.Time)]
    Task Preload(Assignment assignment, DataFacts facts);

    /// <summary>Makes the shards' examples ready for compute, builds the network, opens the tensor channel to the other
    /// members and takes over weights and optimiser state from where <paramref name="origin"/> says. Returns when this
    /// member could take the step <see cref="Origin.Step"/>.</summary>
    /// <returns>How right this member's gradients are; null: it has no examples.</returns>
    /// <exception cref="LostPeerException">A member was lost meanwhile.</exception>
    /// <exception cref="DamagedCheckpointException">A part of the checkpoint cannot be used.</exception>
    /// <exception cref="JobException">This member computes wrongly.</exception>
    [Alias("Prepare"), ResponseTimeout(LongAnswer.Time)]
    Task<GradientRecord?> Prepare(Assignment assignment, DataFacts facts, Origin origin);

    /// <summary>Allows steps. Grants follow each other: each begins where the one before ended.</summary>
    [Alias("Grant")]
    Task Grant(Membership membership, StepGrant grant);

    /// <summary>What this member is doing, for the coordinator's watch over members that make no progress.</summary>
    [Alias("Stand")]
    Task<WorkerStanding> Stand(Membership membership);

    /// <summary>Stops after the step under way, or at once where a peer is lost. Returns the committed step.</summary>
    [Alias("Halt")]
    Task<long> Halt(Membership membership);

    /// <summary>The weights held once so many steps are committed, as a hash: members are up to one step apart.</summary>
    /// <exception cref="LostPeerException">This member stopped before.</exception>
    [Alias("Weigh"), ResponseTimeout(LongAnswer.Time)]
    Task<SavedWeights> Weigh(Membership membership, long step);

    /// <summary>Has an older version of the weights, of a checkpoint, weighed and published in the place of the last one.</summary>
    /// <exception cref="DamagedCheckpointException">A part of the checkpoint cannot be used.</exception>
    [Alias("Recall"), ResponseTimeout(LongAnswer.Time)]
    Task Recall(Membership membership, Origin checkpoint);

    /// <summary>Makes the directory that the job's model will be written to, and makes it the job's own.</summary>
    /// <param name="membership">Job and generation.</param>
    /// <param name="output">The directory.</param>
    /// <param name="overwrite">Whether results of another run there may be replaced.</param>
    /// <param name="continues">The output of the run that the job goes on from, whose place it may take; null: none.</param>
    /// <exception cref="JobException">It cannot be written to, or holds something that is not the job's.</exception>
    [Alias("TakeOutput")]
    Task TakeOutput(Membership membership, string output, bool overwrite, string? continues);

    /// <summary>Gives the folder up where a job ends without results, so that the next one may have it.</summary>
    [Alias("GiveBackOutput")]
    Task GiveBackOutput(Membership membership, string output);

    /// <summary>Writes the model and what goes with it. Returns why it could not be written; null: it was.</summary>
    [Alias("Publish"), ResponseTimeout(LongAnswer.Time)]
    Task<string?> Publish(Membership membership, Publication publication);

    /// <summary>Computes the gradients of the next step once more, after they were not finite.</summary>
    [Alias("FindNonFinite"), ResponseTimeout(LongAnswer.Time)]
    Task<NonFiniteFinding> FindNonFinite(Membership membership);

    /// <summary>Does a fault within this silo, for as long as it lasts. Only silos that were started for it allow that.</summary>
    /// <exception cref="JobException">This one was not.</exception>
    [Alias("Suffer")]
    Task Suffer(Fault fault);

    /// <summary>Ends a scripted fault before its time; none of the kind is no mistake.</summary>
    [Alias("Lift")]
    Task Lift(FaultKind kind);

    /// <summary>Another silo gets the processor so late: it is not dead when it is silent for a while.</summary>
    [Alias("TellLateness"), OneWay]
    Task TellLateness(SiloAddress silo, TimeSpan lateness);

    /// <summary>Forgets the job: examples, weights and connections.</summary>
    [Alias("Release")]
    Task Release(Membership membership);
}

/// <summary>Which job and which set of workers a call belongs to.</summary>
[GenerateSerializer, Immutable, Alias("granary.Membership")]
public readonly record struct Membership([property: Id(0)] string JobId, [property: Id(1)] long Generation);
