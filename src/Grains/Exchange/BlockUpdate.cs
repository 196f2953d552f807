using System.Numerics;
using Granary.Grains.ModelState;
using Granary.Jobs;
using Granary.Model.Training;

namespace Granary.Grains.Exchange;

/// <summary>The optimiser over one block: reads version t of weights and state, writes version t + 1.</summary>
internal sealed unsafe class BlockUpdate<T>(BlockPlan blocks, DecayRun[][] runs, IOptimizer optimizer)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>When blocks have been updated since this was set to none.</summary>
    public TimeSpent TimeSpent { get; set; }

    /// <summary>Whether these are trial weights of a line search: then non-finite numbers are allowed, and the search checks them.</summary>
    public bool Probes { get; init; }

    /// <summary>Looks through a run of numbers that must be good for a step.</summary>
    /// <exception cref="NonFiniteException">One is NaN or infinite.</exception>
    public void RequireFinite(ReadOnlySpan<T> values, long step, NonFinitePart part)
    {
        if (!Probes)
        {
            NonFiniteException.ThrowIfAny(values, step, part);
        }
    }

    /// <summary>Updates a piece of a block: the numbers from <paramref name="start"/> on, as many as the gradient has.</summary>
    /// <exception cref="NonFiniteException">A new weight is NaN or infinite.</exception>
    public void Apply(int block, int start, long step, double rate, ReadOnlySpan<T> gradient, ModelVersion<T> from, ModelVersion<T> to)
    {
        var end = start + gradient.Length;
        Span<nint> state = stackalloc nint[from.Own.PerWeight];
        Span<nint> newState = stackalloc nint[from.Own.PerWeight];
        foreach (var run in runs[block])
        {
            var first = Math.Max(start, run.Start);
            var length = Math.Min(end, run.Start + run.Length) - first;
            if (length <= 0)
            {
                continue;
            }

            for (var vector = 0; vector < state.Length; vector++)
            {
                state[vector] = (nint)(from.Own.At(vector, block) + first);
                newState[vector] = (nint)(to.Own.At(vector, block) + first);
            }

            if (run.Frozen)
            {
                Copy(Weights(from, block) + first, Weights(to, block) + first, length);
                for (var vector = 0; vector < state.Length; vector++)
                {
                    Copy((T*)state[vector], (T*)newState[vector], length);
                }

                continue;
            }

            fixed (T* g = gradient)
            {
                optimizer.Update(
                    step, rate, run.Decays, length, g + (first - start), Weights(from, block) + first, Weights(to, block) + first, state, newState);
            }
        }

        RequireFinite(new ReadOnlySpan<T>(Weights(to, block) + start, gradient.Length), step, NonFinitePart.Weights);
    }

    private static void Copy(T* from, T* to, int length) => new ReadOnlySpan<T>(from, length).CopyTo(new Span<T>(to, length));

    private T* Weights(ModelVersion<T> version, int block) => (T*)version.Weights.Data + blocks.Start(block);
}
