using System.Numerics;

namespace Granary.Model.Training;

/// <summary>Hands the averaged gradient on in the place of new weights: an optimiser that looks at all of it before it takes a step
/// makes its step from there, and keeps its state itself.</summary>
/// <param name="memory">Steps and changes of the gradient that it remembers.</param>
internal sealed class AveragedGradient(int memory) : IOptimizer
{
    /// <inheritdoc/>
    public IReadOnlyList<string> State { get; } = [.. Enumerable.Range(0, memory).SelectMany(i => new[] { $"step {i}", $"change {i}" })];

    /// <inheritdoc/>
    public void Update<T>(in UpdateRun<T> run)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => run.Gradient.CopyTo(run.NewWeights);
}
