using Orleans.Concurrency;
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

    /// <summary>The newest entries of the silo's audit log, oldest first; none where it keeps none.</summary>
    /// <param name="most">How many.</param>
    [Alias("Audit")]
    Task<IReadOnlyList<AuditEntry>> Audit(int most);

    /// <summary>Joins a generation: stops the older one here, between two versions of the weights, for good. Returns what this
    /// silo holds of the job. It waits for what the older one is in the middle of, as a model that is being written.</summary>
    /// <param name="generation">Job and generation.</param>
    /// <param name="recordsFrom">The records of steps from here on are wanted too.</param>
    [Alias("Enter"), ResponseTimeout(LongAnswer.Time)]
    Task<HeldState> Join(GenerationId generation, long recordsFrom);

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
    /// members and takes over weights and optimiser state from where <paramref name="restore"/> says. Returns when this
    /// member could take the step <see cref="RestoreSource.Step"/>.</summary>
    /// <returns>Result of the gradient check; null: this worker has no examples.</returns>
    /// <exception cref="LostPeerException">A member was lost meanwhile.</exception>
    /// <exception cref="DamagedCheckpointException">A part of the checkpoint cannot be used.</exception>
    /// <exception cref="CheckpointUnavailableException">The store of checkpoints does not answer just now.</exception>
    /// <exception cref="JobException">The gradient check failed.</exception>
    [Alias("Prepare"), ResponseTimeout(LongAnswer.Time)]
    Task<GradientRecord?> Prepare(Assignment assignment, DataFacts facts, RestoreSource restore);

    /// <summary>Allows steps. Grants follow each other: each begins where the one before ended.</summary>
    [Alias("Grant")]
    Task Grant(GenerationId generation, StepGrant grant);

    /// <summary>What this worker is doing; the coordinator uses it to detect workers that make no progress.</summary>
    [Alias("Stand")]
    Task<WorkerStanding> Stand(GenerationId generation);

    /// <summary>Stops after the step under way, or at once where a peer is lost. Returns the committed step.</summary>
    [Alias("Halt")]
    Task<long> Halt(GenerationId generation);

    /// <summary>SHA-256 of the weights once so many steps are committed. Workers are up to one step apart, so this may have to wait.</summary>
    /// <exception cref="LostPeerException">This member stopped before.</exception>
    [Alias("Weigh"), ResponseTimeout(LongAnswer.Time)]
    Task<SavedWeights> HashWeights(GenerationId generation, long step);

    /// <summary>Loads an older version of the weights from a checkpoint, to be hashed and published in the place of the last one.</summary>
    /// <exception cref="DamagedCheckpointException">A part of the checkpoint cannot be used.</exception>
    /// <exception cref="CheckpointUnavailableException">The store of checkpoints does not answer just now.</exception>
    [Alias("Recall"), ResponseTimeout(LongAnswer.Time)]
    Task LoadCheckpoint(GenerationId generation, RestoreSource checkpoint);

    /// <summary>What the weights that are to be published make of the held-out examples of each shard here that has any.</summary>
    [Alias("HeldOut"), ResponseTimeout(LongAnswer.Time)]
    Task<IReadOnlyList<HeldOutClasses>> HeldOut(GenerationId generation);

    /// <summary>Makes the directory that the job's model will be written to, and makes it the job's own.</summary>
    /// <param name="generation">Job and generation.</param>
    /// <param name="output">The directory.</param>
    /// <param name="overwrite">Whether results of another run there may be replaced.</param>
    /// <param name="continues">The output of the run that the job goes on from, whose place it may take; null: none.</param>
    /// <exception cref="JobException">It cannot be written to, or holds something that is not the job's.</exception>
    [Alias("TakeOutput"), ResponseTimeout(LongAnswer.Time)]
    Task TakeOutput(GenerationId generation, string output, bool overwrite, string? continues);

    /// <summary>Releases the directory of a job that ended without results, so that another job can use it.</summary>
    [Alias("GiveBackOutput")]
    Task GiveBackOutput(GenerationId generation, string output);

    /// <summary>Appends points to the job's TensorBoard file; those that it has are left out. Returns why it could not be written; null: it was.</summary>
    [Alias("RecordPoints")]
    Task<string?> RecordPoints(GenerationId generation, IReadOnlyList<MetricPoint> points);

    /// <summary>Writes the model and what goes with it. Returns why it could not be written; null: it was.</summary>
    [Alias("Publish"), ResponseTimeout(LongAnswer.Time)]
    Task<string?> Publish(GenerationId generation, Publication publication);

    /// <summary>Computes the gradients of the next step once more, after they were not finite.</summary>
    [Alias("FindNonFinite"), ResponseTimeout(LongAnswer.Time)]
    Task<NonFiniteFinding> FindNonFinite(GenerationId generation);

    /// <summary>Injects a fault into this silo, for its duration. Only a silo that was started with --allow-faults accepts it.</summary>
    /// <exception cref="JobException">This silo was started without it.</exception>
    [Alias("Suffer")]
    Task InjectFault(Fault fault);

    /// <summary>Ends an injected fault early; does nothing where there is none of that kind.</summary>
    [Alias("Lift")]
    Task ClearFault(FaultKind kind);

    /// <summary>Another silo is scheduled this late by its operating system: it may be silent that long without being dead.</summary>
    [Alias("TellLateness"), OneWay]
    Task TellLateness(SiloAddress silo, TimeSpan lateness);

    /// <summary>Forgets the job: examples, weights and connections.</summary>
    [Alias("Release")]
    Task Release(GenerationId generation);
}

/// <summary>Which job and which generation of its workers a call belongs to.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Number">The generation, from 1: raised each time the worker group changes.</param>
[GenerateSerializer, Immutable, Alias("granary.Membership")]
public readonly record struct GenerationId([property: Id(0)] string JobId, [property: Id(1)] long Number);
