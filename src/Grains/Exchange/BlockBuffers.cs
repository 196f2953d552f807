using Granary.Jobs;

namespace Granary.Grains.Exchange;

/// <summary>Room for blocks that are on their way through: as many as are waited for at once, and the one used last is given out first,
/// for it is still in the processor's cache.</summary>
/// <param name="length">Numbers in a block at the most.</param>
internal sealed unsafe class BlockBuffers<T>(int length = BlockPlan.BlockSize) : IDisposable
    where T : unmanaged
{
    private readonly List<NativeVector<T>> _made = [];
    private readonly Stack<nint> _free = new();

    /// <summary>Room for one block.</summary>
    public T* Rent()
    {
        if (_free.TryPop(out var buffer))
        {
            return (T*)buffer;
        }

        var made = new NativeVector<T>(length);
        _made.Add(made);
        return made.Data;
    }

    /// <summary>It is not needed any more.</summary>
    public void Return(T* buffer) => _free.Push((nint)buffer);

    /// <inheritdoc/>
    public void Dispose() => _made.ForEach(b => b.Dispose());
}
