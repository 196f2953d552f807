using System.IO.Hashing;

namespace Granary.Silo.Storage.S3;

/// <summary>Reads an object by ranges, one in memory at a time. What is read again, after a checksum over all of it has been found right, must be what it was
/// the first time.</summary>
/// <param name="objects">Has the object.</param>
/// <param name="key">The object.</param>
/// <param name="length">Its length in bytes.</param>
/// <param name="tag">The tag of its content.</param>
internal sealed class S3Reading(S3Objects objects, string key, long length, string tag) : Stream
{
    /// <summary>Bytes of a range.</summary>
    public const int RangeBytes = 8 << 20;

    private readonly Dictionary<long, UInt128> _read = [];
    private readonly byte[] _range = new byte[(int)Math.Min(RangeBytes, length)];
    private long _position;
    private long _at = -1; // the range that is in memory

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

        var number = _position / RangeBytes;
        var (start, within) = (number * RangeBytes, (int)(_position % RangeBytes));
        var bytes = (int)Math.Min(RangeBytes, length - start);
        if (_at != number)
        {
            Fetch(number, start, bytes);
        }

        var count = Math.Min(buffer.Length, bytes - within);
        _range.AsSpan(within, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    private void Fetch(long number, long start, int bytes)
    {
        _at = -1;
        objects.Read(key, tag, start, _range.AsMemory(0, bytes));
        var hash = XxHash128.HashToUInt128(_range.AsSpan(0, bytes));
        if (!_read.TryAdd(number, hash) && _read[number] != hash)
        {
            throw new Grains.Checkpoints.StoreUnavailableException($"{key}: {bytes} bytes at {start} were other ones when they were read again");
        }

        _at = number;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

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
}
