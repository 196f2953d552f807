using System.Numerics;
using Granary.Jobs;
using Granary.Model.Training;

namespace Granary.Grains.Exchange;

/// <summary>The optimiser over the blocks of one member's slice, with its state in two versions: a step reads one and
/// writes the other, and only <see cref="Commit"/> swaps them.</summary>
internal sealed unsafe class BlockUpdate<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly BlockPlan _blocks;
    private readonly DecayRun[][] _runs;
    private readonly IOptimizer _optimizer;
    private readonly int _first;
    private NativeVector<T>[] _state;
    private NativeVector<T>[] _newState;

    public BlockUpdate(BlockPlan blocks, DecayRun[][] runs, IOptimizer optimizer, (int First, int End) owned)
    {
        (_blocks, _runs, _optimizer, _first) = (blocks, runs, optimizer, owned.First);
        long length = 0;
        for (var b = owned.First; b < owned.End; b++)
        {
            length += blocks.Length(b);
        }

        _state = [.. Enumerable.Range(0, optimizer.StatePerWeight).Select(_ => new NativeVector<T>(length))];
        _newState = [.. Enumerable.Range(0, optimizer.StatePerWeight).Select(_ => new NativeVector<T>(length))];
    }

    /// <summary>Updates one block from version t into version t + 1.</summary>
    public void Apply(int block, long step, double rate, ReadOnlySpan<T> gradient, T* weights, T* newWeights)
    {
        var start = BlockPlan.Start(block);
        var kept = start - BlockPlan.Start(_first);
        foreach (var run in _runs[block])
        {
            _optimizer.Update(
                step,
                rate,
                run.Decays,
                gradient.Slice(run.Start, run.Length),
                new ReadOnlySpan<T>(weights + start + run.Start, run.Length),
                new Span<T>(newWeights + start + run.Start, run.Length),
                State(_state, 0, kept, run),
                State(_newState, 0, kept, run),
                State(_state, 1, kept, run),
                State(_newState, 1, kept, run));
        }
    }

    private static Span<T> State(NativeVector<T>[] state, int index, long start, DecayRun run) =>
        index < state.Length ? state[index].Span(start + run.Start, run.Length) : [];

    /// <summary>Version t + 1 becomes the present one.</summary>
    public void Commit() => (_state, _newState) = (_newState, _state);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var vector in _state.Concat(_newState))
        {
            vector.Dispose();
        }
    }
}
