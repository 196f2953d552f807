using Granary.Contracts;

namespace Granary.Grains.Checkpoints;

/// <summary>
/// Where a cluster keeps its checkpoints. Each silo writes parts of one, and every silo reads the parts of all: what one has written, each of
/// them must find. Parts are named by job, step, generation and number, never by a path, and never change once they are written. Registered with
/// <see cref="GranarySilo.AddCheckpointStore{TStore}"/>, on every silo of a cluster: a silo with another store takes no part in its jobs.
/// Methods are called by threads that may be blocked, several at once. Parts are written while training goes on; a generation that starts from a checkpoint waits for the store. What cannot be done is an
/// <see cref="IOException"/> with one sentence for people.
/// </summary>
public interface ICheckpointStore
{
    /// <summary>The store's name: "directory".</summary>
    string Name { get; }

    /// <summary>Writes a part. Once it returns the part is durable, and whole; where it throws, there is no such part, or the one from before.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="part">The part's number.</param>
    /// <param name="content">Writes the part to the stream that it is given, from its start to its end. Called once; what it throws is passed on.</param>
    /// <exception cref="IOException">It could not be written.</exception>
    void Write(CheckpointId checkpoint, int part, Action<Stream> content);

    /// <summary>Opens a part that has been written, by this silo or by another one.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="part">The part's number.</param>
    /// <returns>Its bytes, from the start. The stream knows its length and can be sought in: a part is read twice, the first time to check it.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot be asked just now; the job waits for it. The stream's reads may throw it too.</exception>
    /// <exception cref="IOException">There is no such part, or it cannot be read. The checkpoint is then taken for damaged, and an older one is used.</exception>
    Stream Open(CheckpointId checkpoint, int part);

    /// <summary>A job's checkpoints, in any order: whole ones, and those of which only some parts have been written.</summary>
    /// <param name="job">The job.</param>
    /// <exception cref="IOException">The store cannot be asked.</exception>
    IReadOnlyCollection<CheckpointId> List(string job);

    /// <summary>Removes a checkpoint with all of its parts; does nothing where there is none.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <exception cref="IOException">It could not be removed; it will be tried again.</exception>
    void Remove(CheckpointId checkpoint);

    /// <summary>Where a checkpoint is, for messages to people: a path, an address.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    string Describe(CheckpointId checkpoint) => $"{Name}: {checkpoint.Job}, step {checkpoint.Step}, generation {checkpoint.Generation}";
}
