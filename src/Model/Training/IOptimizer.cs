using System.Numerics;

namespace Granary.Model.Training;

/// <summary>
/// A rule that turns an averaged gradient into new weights, weight by weight, so that the edges of blocks and slices cannot show in the
/// result. It reads the old weights and state and writes new ones, which may lie in the same memory. An instance is used by several threads
/// at once, and keeps nothing from one call to the next: what it remembers of a weight is in its state, which Granary replicates and checkpoints.
/// </summary>
public interface IOptimizer
{
    /// <summary>The vectors of state by name, each with a number for every weight. They start at 0.</summary>
    IReadOnlyList<string> State { get; }

    /// <summary>Updates a run of weights.</summary>
    /// <param name="run">The weights, side by side in vectors: write one formula for a vector, and every number meets it.</param>
    void Update<T>(in UpdateRun<T> run)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}
