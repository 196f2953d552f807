namespace Granary.Grains.Checkpoints;

/// <summary>A checkpoint store cannot be asked just now: it does not answer, has no room, or refuses this silo. What it holds is not lost. A checkpoint that cannot
/// be written is tried again with the next one; a job that must go back to one waits until the store answers. Where a store throws another
/// <see cref="IOException"/> as a part is read, that part is taken for lost.</summary>
/// <param name="message">One sentence for people.</param>
/// <param name="cause">What happened; null: the message says it all.</param>
public sealed class StoreUnavailableException(string message, Exception? cause = null) : IOException(message, cause);
