namespace Granary.Model.Data;

/// <summary>A stream whose first bytes are looked at before it is read, whether or not it can be read from anywhere.</summary>
internal sealed class SourceHead : IDisposable
{
    private readonly Stream _stream;
    private byte[] _head = [];
    private int _dropped;

    private SourceHead(Stream stream, string name) => (_stream, Name) = (stream, name);

    /// <summary>The file's name, for messages.</summary>
    public string Name { get; }

    /// <summary>Of a stream that stands at its beginning.</summary>
    public static SourceHead Of(Stream stream, string name) => new(stream, name);

    /// <summary>The first bytes: as many as asked for, fewer where the stream ends before.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        if (_head.Length < count)
        {
            var more = new byte[count];
            _head.CopyTo(more, 0);
            var got = SourceFile.Fill(_stream, Name, more.AsSpan(_head.Length));
            _head = more[..(_head.Length + got)];
        }

        return _head.AsSpan(0, Math.Min(count, _head.Length));
    }

    /// <summary>Leaves out some of the first bytes, which have been looked at.</summary>
    public void Drop(int count) => _dropped = count;

    /// <summary>The whole stream, from its first byte on or the first that is not dropped: itself where it is a file that can be read from
    /// anywhere and nothing is dropped.</summary>
    public Stream Rest()
    {
        if (!_stream.CanSeek)
        {
            return new HeadedStream(_head.AsMemory(_dropped), _stream);
        }

        _stream.Position = _dropped;
        return _dropped == 0 ? _stream : new HeadedStream(default, _stream);
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();
}
