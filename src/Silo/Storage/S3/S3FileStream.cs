namespace Granary.Silo.Storage.S3;

/// <summary>Reads an object by ranges: a small one where it is looked into, larger ones as it is read on. Where its reader has said how far, or has read on for long, the next range is on
/// its way meanwhile. No more than two are in memory.</summary>
/// <param name="length">Bytes of the object.</param>
/// <param name="end">Where its reader will probably stop; null: at its end.</param>
/// <param name="read">Reads a range that begins at a place and fills a buffer.</param>
internal sealed class S3FileStream(long length, long? end, Action<long, Memory<byte>> read) : S3ReadStream(length)
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
    private long _run; // bytes that have been read on since a place was sought
    private (long Start, Task<byte[]> Bytes)? _ahead;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (Position >= Length || buffer.Length == 0)
        {
            return 0;
        }

        if (Position < _start || Position >= _start + _range.Length)
        {
            Fetch(buffer.Length);
        }

        var within = (int)(Position - _start);
        var count = Math.Min(buffer.Length, _range.Length - within);
        _range.AsSpan(within, count).CopyTo(buffer);
        Position += count;
        return count;
    }

    /// <inheritdoc/>
    public override int ReadByte()
    {
        if (Position < _start || Position >= _start + _range.Length)
        {
            Span<byte> one = stackalloc byte[1];
            return Read(one) == 0 ? -1 : one[0];
        }

        return _range[Position++ - _start];
    }

    private void Fetch(int wanted)
    {
        var isNext = _range.Length > 0 && Position == _start + _range.Length;
        (_next, _run) = isNext ? (Math.Min(_next * Growth, LongestBytes), _run + _range.Length) : (end is null || Position == 0 ? FirstBytes : LongestBytes, 0); // at 0 it may only be looked into

        var ahead = _ahead;
        _ahead = null;
        if (ahead is { } there && there.Start == Position)
        {
            _range = there.Bytes.GetAwaiter().GetResult();
        }
        else
        {
            Forget(ahead);
            _range = [];
            var range = new byte[Bytes(Position, wanted)];
            read(Position, range);
            _range = range;
        }

        _start = Position;
        if (_start + _range.Length is var after && after < _end && (end is null ? _run > LongRun : Position > 0))
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

    private int Bytes(long from, int wanted) => (int)Math.Min(Math.Min(Math.Max(_next, wanted), LongestBytes), (from < _end ? _end : Length) - from);

    // An error of what nobody reads is nobody's.
    private static void Forget((long Start, Task<byte[]> Bytes)? ahead) =>
        _ = ahead?.Bytes.ContinueWith(t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Forget(_ahead);
        (_ahead, _range) = (null, []);
        base.Dispose(disposing);
    }
}
