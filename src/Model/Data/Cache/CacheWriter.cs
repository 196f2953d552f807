using System.Runtime.InteropServices;
using System.Text;

namespace Granary.Model.Data.Cache;

/// <summary>Writes a file of rows as they come.</summary>
/// <param name="file">Empty.</param>
internal sealed class CacheWriter(FileStream file) : IRowSink, IDisposable
{
    private readonly ContentHash _hash = new();
    private readonly List<int> _labels = [];
    private long _at = CacheHeader.Body;

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<double> values, ReadOnlySpan<int> labels)
    {
        Write(MemoryMarshal.AsBytes(values));
        _labels.AddRange(labels);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _hash.Append(bytes);
        RandomAccess.Write(file.SafeFileHandle, bytes, _at);
        _at += bytes.Length;
    }

    /// <summary>Completes the file.</summary>
    /// <param name="settings">How the source was read.</param>
    /// <param name="source">The hash of what was read.</param>
    /// <param name="features">Numbers in a row.</param>
    /// <param name="names">The labels.</param>
    /// <returns>The labels' numbers, row by row.</returns>
    public int[] Done(UInt128 settings, UInt128 source, int features, IReadOnlyList<string> names)
    {
        Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_labels)));
        var texts = Names(names);
        Write(texts);
        var header = new CacheHeader(0, settings, source, _labels.Count, features, texts.Length, _hash.Value, 0).Sealed();
        RandomAccess.Write(file.SafeFileHandle, MemoryMarshal.AsBytes(new ReadOnlySpan<CacheHeader>(in header)), 0);
        return [.. _labels];
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private static byte[] Names(IReadOnlyList<string> names)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(names.Count);
        foreach (var name in names)
        {
            writer.Write(name);
        }

        writer.Flush();
        return bytes.ToArray();
    }
}
