namespace Granary.Model.Data;

/// <summary>Threads that help to read a shard while no other shard needs them.</summary>
public interface IReadingHelpers
{
    /// <summary>Runs some work on another thread, if one is free now.</summary>
    /// <param name="work">It does not throw.</param>
    bool TryRun(Action work);
}
