using System.Numerics;

namespace Granary.Model.Training;

/// <summary>A run of weights that an optimiser updates, in vectors of the processor's own width. Weights past the end of a block fill the last
/// one up; whatever becomes of them is thrown away.</summary>
public readonly unsafe ref struct UpdateRun<T>
    where T : unmanaged
{
    private readonly ReadOnlySpan<nint> _state;
    private readonly ReadOnlySpan<nint> _newState;

    internal UpdateRun(
        long step, double rate, bool decays, int vectors, T* gradient, T* weights, T* newWeights, ReadOnlySpan<nint> state, ReadOnlySpan<nint> newState)
    {
        (Step, Rate, Decays) = (step, rate, decays);
        Gradient = new ReadOnlySpan<Vector<T>>(gradient, vectors);
        Weights = new ReadOnlySpan<Vector<T>>(weights, vectors);
        NewWeights = new Span<Vector<T>>(newWeights, vectors);
        _state = state;
        _newState = newState;
    }

    /// <summary>The step, from 0.</summary>
    public long Step { get; }

    /// <summary>alpha after the schedule.</summary>
    public double Rate { get; }

    /// <summary>Whether weight decay applies to these weights.</summary>
    public bool Decays { get; }

    /// <summary>Number of vectors, of everything that follows.</summary>
    public int Length => Weights.Length;

    /// <summary>g, averaged and clipped.</summary>
    public ReadOnlySpan<Vector<T>> Gradient { get; }

    /// <summary>w.</summary>
    public ReadOnlySpan<Vector<T>> Weights { get; }

    /// <summary>Receives w'; may be <see cref="Weights"/> itself.</summary>
    public Span<Vector<T>> NewWeights { get; }

    /// <summary>One of the state vectors, by its place in <see cref="IOptimizer.State"/>.</summary>
    public ReadOnlySpan<Vector<T>> State(int vector) => new((void*)_state[vector], Length);

    /// <summary>Receives it; may be the same memory.</summary>
    public Span<Vector<T>> NewState(int vector) => new((void*)_newState[vector], Length);
}
