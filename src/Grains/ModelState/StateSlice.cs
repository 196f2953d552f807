using Granary.Contracts;
using Granary.Grains.Exchange;
using Granary.Jobs;

namespace Granary.Grains.ModelState;

/// <summary>The optimiser's state of some blocks.</summary>
internal sealed unsafe class StateSlice<T> : IDisposable
    where T : unmanaged
{
    private readonly NativeVector<T>[] _vectors;

    /// <param name="plan">The model's blocks.</param>
    /// <param name="blocks">Those of this slice.</param>
    /// <param name="perWeight">Numbers of state per weight.</param>
    public StateSlice(BlockPlan plan, (int First, int End) blocks, int perWeight)
    {
        Blocks = new BlockRange(blocks.First, blocks.End);
        Length = plan.Length(blocks);
        _vectors = [.. Enumerable.Range(0, perWeight).Select(_ => new NativeVector<T>(Length))];
    }

    /// <summary>Which blocks.</summary>
    public BlockRange Blocks { get; }

    /// <summary>Weights in them.</summary>
    public long Length { get; }

    /// <summary>Numbers of state per weight.</summary>
    public int PerWeight => _vectors.Length;

    /// <summary>One block of one state vector.</summary>
    public T* At(int vector, int block) => _vectors[vector].Data + ((long)(block - Blocks.First) * BlockPlan.BlockSize);

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_vectors, v => v.Dispose());
}
