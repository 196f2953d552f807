using System.IO.Hashing;

namespace Granary.Silo.Storage.S3;

/// <summary>Reads an object by ranges, one in memory at a time. What is read again, after a checksum over all of it has been found right, must be what it was
/// the first time.</summary>
/// <param name="objects">Has the object.</param>
/// <param name="key">The object.</param>
/// <param name="length">Its length in bytes.</param>
/// <param name="tag">The tag of its content.</param>
internal sealed class S3Reading(S3Objects objects, string key, long length, string tag) : S3ReadStream(length)
{
    /// <summary>Bytes of a range.</summary>
    public const int RangeBytes = 8 << 20;

    private readonly Dictionary<long, UInt128> _read = [];
    private readonly byte[] _range = new byte[(int)Math.Min(RangeBytes, length)];
    private long _at = -1; // the range that is in memory

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (Position >= Length || buffer.Length == 0)
        {
            return 0;
        }

        var number = Position / RangeBytes;
        var (start, within) = (number * RangeBytes, (int)(Position % RangeBytes));
        var bytes = (int)Math.Min(RangeBytes, Length - start);
        if (_at != number)
        {
            Fetch(number, start, bytes);
        }

        var count = Math.Min(buffer.Length, bytes - within);
        _range.AsSpan(within, count).CopyTo(buffer);
        Position += count;
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
}
