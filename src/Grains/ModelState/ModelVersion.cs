using Granary.Model.Networks;

namespace Granary.Grains.ModelState;

/// <summary>One version of a job's model in one silo: all weights, the optimiser state of the silo's own slice and, where
/// this version has a replica, the state of the slice that is replicated here.</summary>
internal sealed class ModelVersion<T>(FlatTensor weights, StateSlice<T> own) : IDisposable
    where T : unmanaged
{
    /// <summary>Steps that led to it.</summary>
    public long Step { get; set; }

    /// <summary>[P].</summary>
    public FlatTensor Weights { get; } = weights;

    /// <summary>State of the blocks this silo updates.</summary>
    public StateSlice<T> Own { get; } = own;

    /// <summary>Replica of another silo's state; null: none of this version.</summary>
    public StateSlice<T>? Replica { get; set; }

    /// <summary>Whether all of the weights are this version's.</summary>
    public bool HasWeights { get; set; }

    /// <summary>Whether all of the own state is this version's.</summary>
    public bool HasState { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Weights.Dispose();
        Own.Dispose();
        Replica?.Dispose();
    }
}
