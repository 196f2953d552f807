using System.Numerics;
using System.Runtime.CompilerServices;

namespace Granary.Model.Training;

/// <summary>Hands weights to an optimiser in whole vectors.</summary>
internal static unsafe class OptimizerRuns
{
    /// <summary>Updates a run of weights of any length.</summary>
    /// <param name="optimizer">The rule.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="rate">alpha after the schedule.</param>
    /// <param name="decays">Whether weight decay applies to the run.</param>
    /// <param name="length">Weights in it.</param>
    /// <param name="gradient">Averaged (and clipped) gradient.</param>
    /// <param name="weights">w.</param>
    /// <param name="newWeights">Receives w'; may be <paramref name="weights"/> itself.</param>
    /// <param name="state">Address of each state vector.</param>
    /// <param name="newState">Receive them; may be the same ones.</param>
    public static void Update<T>(
        this IOptimizer optimizer, long step, double rate, bool decays, int length, T* gradient, T* weights, T* newWeights,
        ReadOnlySpan<nint> state, ReadOnlySpan<nint> newState)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var whole = length / Vector<T>.Count;
        if (whole > 0)
        {
            optimizer.Update(new UpdateRun<T>(step, rate, decays, whole, gradient, weights, newWeights, state, newState));
        }

        var done = whole * Vector<T>.Count;
        if (done < length)
        {
            Rest(optimizer, step, rate, decays, done, length - done, gradient, weights, newWeights, state, newState);
        }
    }

    // The last few weights, in a vector that is filled up with zeros: they meet the same operations as all others.
    private static void Rest<T>(
        IOptimizer optimizer, long step, double rate, bool decays, int start, int count, T* gradient, T* weights, T* newWeights,
        ReadOnlySpan<nint> state, ReadOnlySpan<nint> newState)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var numbers = Vector<T>.Count;
        var room = stackalloc T[(2 + state.Length) * numbers];
        Unsafe.InitBlockUnaligned(room, 0, (uint)((2 + state.Length) * numbers * sizeof(T)));
        var places = stackalloc nint[state.Length];
        Copy(gradient + start, room, count);
        Copy(weights + start, room + numbers, count);
        for (var i = 0; i < state.Length; i++)
        {
            var place = room + ((2 + i) * numbers);
            Copy((T*)state[i] + start, place, count);
            places[i] = (nint)place;
        }

        var own = new ReadOnlySpan<nint>(places, state.Length);
        optimizer.Update(new UpdateRun<T>(step, rate, decays, 1, room, room + numbers, room + numbers, own, own));
        Copy(room + numbers, newWeights + start, count);
        for (var i = 0; i < state.Length; i++)
        {
            Copy((T*)places[i], (T*)newState[i] + start, count);
        }
    }

    private static void Copy<T>(T* from, T* to, int count)
        where T : unmanaged => new ReadOnlySpan<T>(from, count).CopyTo(new Span<T>(to, count));
}
