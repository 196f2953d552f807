namespace Granary.Silo.Storage.S3;

/// <summary>Reads an object by ranges: a small one where it is looked into, larger ones as it is read on. Where its reader has said how far, or has read on for long, the next range is on
/// its way meanwhile. No more than two are in memory.</summary>
/// <param name="length">Bytes of the object.</param>
/// <param name="end">Where its reader will probably stop; null: at its end.</param>
/// <param name="read">Reads a range that begins at a place and fills a buffer.</param>
internal sealed class S3FileStream(long length, long? end, Action<long, Memory<byte>> read) : Stream
{
    private const int FirstBytes = 16 << 10;
    private const int Growth = 2; // of what was asked for nobody may need as much as all before, and no more

    private const long LongRun = 4L * LongestBytes;

    /// <summary>Bytes of the longest range.</summary>
    public const int LongestBytes = 8 << 20;

    private readonly long _end = Math.Min(end ?? length, length);
    private byte[] _range = [];
    private long _start; // of the range in memory
    private int _next;
    private long _position;
    private long _run; // bytes that have been read on since a place was sought
    private (long Start, Task<byte[]> Bytes)? _ahead;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => length;

    /// <inheritdoc/>
    public override long Position
    {
        get => _position;
        set => _position = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "a position is 0 or more");
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (_position >= length || buffer.Length == 0)
        {
            return 0;
        }

        if (_position < _start || _position >= _start + _range.Length)
        {
            Fetch(buffer.Length);
        }

        var within = (int)(_position - _start);
        var count = Math.Min(buffer.Length, _range.Length - within);
        _range.AsSpan(within, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    /// <inheritdoc/>
    public override int ReadByte()
    {
        if (_position < _start || _position >= _start + _range.Length)
        {
            Span<byte> one = stackalloc byte[1];
            return Read(one) == 0 ? -1 : one[0];
        }

        return _range[_position++ - _start];
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    private void Fetch(int wanted)
    {
        var isNext = _range.Length > 0 && _position == _start + _range.Length;
        (_next, _run) = isNext ? (Math.Min(_next * Growth, LongestBytes), _run + _range.Length) : (end is null || _position == 0 ? FirstBytes : LongestBytes, 0); // at 0 it may only be looked into

        var ahead = _ahead;
        _ahead = null;
        if (ahead is { } there && there.Start == _position)
        {
            _range = there.Bytes.GetAwaiter().GetResult();
        }
        else
        {
            Forget(ahead);
            _range = [];
            var range = new byte[Bytes(_position, wanted)];
            read(_position, range);
            _range = range;
        }

        _start = _position;
        if (_start + _range.Length is var after && after < _end && (end is null ? _run > LongRun : _position > 0))
        {
            var bytes = Bytes(after, 0);
            _ahead = (after, Task.Factory.StartNew(
                () =>
                {
                    var range = new byte[bytes];
                    read(after, range);
                    return range;
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default));
        }
    }

    private int Bytes(long from, int wanted) => (int)Math.Min(Math.Min(Math.Max(_next, wanted), LongestBytes), (from < _end ? _end : length) - from);

    // An error of what nobody reads is nobody's.
    private static void Forget((long Start, Task<byte[]> Bytes)? ahead) =>
        _ = ahead?.Bytes.ContinueWith(t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => length + offset,
    };

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Forget(_ahead);
        (_ahead, _range) = (null, []);
        base.Dispose(disposing);
    }
}
