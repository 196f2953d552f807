using System.Diagnostics;
using System.Numerics;

namespace Granary.Grains.Exchange;

/// <summary>The update: turns the terms of each block of this worker's slice into their average, and that into new weights and state.</summary>
internal sealed class SliceUpdater<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ExchangePass<T> _pass;
    private readonly BlockReducer<T> _reducer;
    private readonly BlockUpdate<T> _optimizer;
    private readonly BlockPass<T> _blockPass;

    /// <param name="pass">The pass under way.</param>
    /// <param name="reducer">Has the terms.</param>
    /// <param name="optimizer">The optimiser over one block.</param>
    public SliceUpdater(ExchangePass<T> pass, BlockReducer<T> reducer, BlockUpdate<T> optimizer)
    {
        (_pass, _reducer, _optimizer) = (pass, reducer, optimizer);
        _blockPass = new BlockPass<T>(pass.Layout.Tree.Root.Level, optimizer);
    }

    /// <summary>Blocks of the slice that have been updated.</summary>
    public int Updated { get; private set; }

    /// <summary>When blocks were updated in this pass. Averaging counts where it is done together with the update.</summary>
    public TimeSpent Spent => _optimizer.TimeSpent;

    /// <summary>Begins a pass.</summary>
    public void Begin()
    {
        Updated = 0;
        _optimizer.TimeSpent = default;
    }

    /// <summary>Averages a complete block and updates it.</summary>
    /// <exception cref="NonFiniteException">An average or a new weight is not finite.</exception>
    public void AverageAndUpdate(int block)
    {
        var began = Stopwatch.GetTimestamp();
        _blockPass.Update(
            _reducer.Program, _reducer.Terms(block), _reducer.Weight, _pass.Step, _pass.Rate, block, _pass.Layout.Blocks.Length(block), _pass.From, _pass.To);
        _reducer.Release(block);
        Done(began);
    }

    /// <summary>Averages a complete block alone.</summary>
    /// <exception cref="NonFiniteException">An average is not finite.</exception>
    public void Average(int block, Span<T> averages)
    {
        _blockPass.Average(_reducer.Program, _reducer.Terms(block), _reducer.Weight, _pass.Step, averages);
        _reducer.Release(block);
    }

    /// <summary>Updates a block by a gradient that has been averaged before.</summary>
    /// <param name="block">Which block.</param>
    /// <param name="gradient">Its averages.</param>
    /// <param name="began">When the work on it began.</param>
    /// <exception cref="NonFiniteException">A new weight is not finite.</exception>
    public void Update(int block, ReadOnlySpan<T> gradient, long began)
    {
        _optimizer.Apply(block, 0, _pass.Step, _pass.Rate, gradient, _pass.From, _pass.To);
        Done(began);
    }

    private void Done(long began)
    {
        _optimizer.TimeSpent = _optimizer.TimeSpent.With(began);
        _pass.To.HasState = ++Updated == _pass.Owned;
    }

    /// <inheritdoc/>
    public void Dispose() => _blockPass.Dispose();
}
