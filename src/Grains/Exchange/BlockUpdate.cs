using System.Diagnostics;
using System.Numerics;
using Granary.Grains.Versions;
using Granary.Jobs;
using Granary.Model.Training;

namespace Granary.Grains.Exchange;

/// <summary>The optimiser over one block: reads version t of weights and state, writes version t + 1.</summary>
internal sealed unsafe class BlockUpdate<T>(DecayRun[][] runs, IOptimizer optimizer)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>When blocks have been updated since this was set to none.</summary>
    public Spell Spell { get; set; }

    /// <summary>Updates one block.</summary>
    public void Apply(int block, long step, double rate, ReadOnlySpan<T> gradient, ModelVersion<T> from, ModelVersion<T> to)
    {
        var began = Stopwatch.GetTimestamp();
        var start = BlockPlan.Start(block);
        foreach (var run in runs[block])
        {
            optimizer.Update(
                step,
                rate,
                run.Decays,
                gradient.Slice(run.Start, run.Length),
                new ReadOnlySpan<T>((T*)from.Weights.Data + start + run.Start, run.Length),
                new Span<T>((T*)to.Weights.Data + start + run.Start, run.Length),
                State(from.Own, 0, block, run),
                State(to.Own, 0, block, run),
                State(from.Own, 1, block, run),
                State(to.Own, 1, block, run));
        }

        Spell = Spell.With(began);
    }

    private static Span<T> State(StateSlice<T> slice, int vector, int block, DecayRun run) =>
        vector < slice.PerWeight ? new Span<T>(slice.At(vector, block) + run.Start, run.Length) : [];
}
