using System.IO.MemoryMappedFiles;
using System.Text;

namespace Granary.Model.Data.Cache;

/// <summary>Rows in a file that is mapped into memory: what is not used for a while makes room for something else, and is read again when
/// it is needed. The file is only ever replaced, never changed, so that the map stays what it is. Let go of with the last reference.</summary>
internal sealed unsafe class MappedRows : IDenseRows
{
    private const int Piece = 1 << 20;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly CacheHeader _header;
    private readonly byte* _start;

    private MappedRows(MemoryMappedFile file, MemoryMappedViewAccessor view, CacheHeader header)
    {
        (_file, _view, _header) = (file, view, header);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _start = start + view.PointerOffset;
    }

    ~MappedRows()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    /// <summary>Maps a file that is whole.</summary>
    /// <param name="file">Open for reading; it may be closed afterwards.</param>
    /// <param name="header">Its header.</param>
    public static MappedRows Map(FileStream file, CacheHeader header)
    {
        var map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        return new MappedRows(map, map.CreateViewAccessor(0, header.Length, MemoryMappedFileAccess.Read), header);
    }

    /// <inheritdoc/>
    public int Count => (int)_header.Rows;

    /// <inheritdoc/>
    public int Features => (int)_header.Features;

    /// <inheritdoc/>
    public void Read(int row, Span<double> into)
    {
        new ReadOnlySpan<double>(_start + CacheHeader.Body + ((long)row * Features * sizeof(double)), Math.Min(Features, into.Length)).CopyTo(into);
        GC.KeepAlive(this);
    }

    /// <summary>Whether all of it is as it was written.</summary>
    public bool IsWhole()
    {
        using var hash = new ContentHash();
        for (long at = CacheHeader.Body; at < _header.Length; at += Piece)
        {
            hash.Append(new ReadOnlySpan<byte>(_start + at, (int)Math.Min(Piece, _header.Length - at)));
        }

        GC.KeepAlive(this);
        return hash.Value == _header.BodyHash;
    }

    /// <summary>The labels' numbers, row by row.</summary>
    public int[] Labels()
    {
        var labels = new ReadOnlySpan<int>(_start + CacheHeader.Body + ((long)Count * Features * sizeof(double)), Count).ToArray();
        GC.KeepAlive(this);
        return labels;
    }

    /// <summary>The labels.</summary>
    public string[] Names()
    {
        var bytes = new ReadOnlySpan<byte>(_start + (_header.Length - _header.NamesBytes), (int)_header.NamesBytes).ToArray();
        GC.KeepAlive(this);
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        var names = new string[reader.ReadInt32()];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = reader.ReadString();
        }

        return names;
    }
}
