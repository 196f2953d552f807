using System.Runtime.InteropServices;

namespace Granary.Grains.Exchange;

/// <summary>Numbers in native memory, aligned to 64 bytes, zero at first.</summary>
internal sealed unsafe class NativeVector<T> : IDisposable
    where T : unmanaged
{
    private T* _data;

    public NativeVector(long length)
    {
        Length = length;
        var bytes = (nuint)Math.Max(64, length * sizeof(T));
        _data = (T*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(_data, bytes);
    }

    /// <summary>Number of elements.</summary>
    public long Length { get; }

    /// <summary>The first element.</summary>
    public T* Data => _data;

    /// <summary>A run of elements.</summary>
    public Span<T> Span(long start, int length) => new(_data + start, length);

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_data);
        _data = null;
    }
}
