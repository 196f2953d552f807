using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text.Json;
using Granary.Contracts;
using Granary.Grains.Exchange;
using Granary.Model.Custom;

namespace Granary.Grains.Checkpoints;

/// <summary>What a part of a checkpoint says of itself.</summary>
/// <param name="Job">The job.</param>
/// <param name="Generation">The generation that wrote it.</param>
/// <param name="Step">Steps that led to this version.</param>
/// <param name="FirstBlock">First block.</param>
/// <param name="EndBlock">One past the last.</param>
/// <param name="Weights">Weights in these blocks.</param>
/// <param name="StatePerWeight">State vectors that follow the weights.</param>
/// <param name="ElementBytes">4 or 8.</param>
internal sealed record CheckpointHeader(
    string Job, long Generation, long Step, int FirstBlock, int EndBlock, long Weights, int StatePerWeight, int ElementBytes);

/// <summary>
/// What a part of a checkpoint consists of: "GRANCKP3", the header's length (int32), the header (JSON), the weights and then each
/// state vector as little-endian numbers, and XXH3 (128 bits) of all that.
/// </summary>
internal static unsafe class CheckpointFile
{
    private const ulong Magic = 0x33504b434e415247; // "GRANCKP3"
    private const ulong FirstMagic = 0x31504b434e415247; // "GRANCKP1", whose blocks had other numbers
    private const ulong SecondMagic = 0x32504b434e415247; // "GRANCKP2", whose blocks were larger
    private const int MaxHeader = 4096;
    private const int ChunkBytes = 1 << 20;
    private const int HashBytes = 16;

    /// <summary>Writes a part.</summary>
    /// <param name="file">Receives it.</param>
    /// <param name="header">What it says of itself.</param>
    /// <param name="vectors">Weights, then each state vector: [Weights] numbers each.</param>
    /// <returns>How many bytes it has, and the checksum, as hex.</returns>
    /// <exception cref="IOException">It could not be written.</exception>
    public static (long Bytes, string Checksum) Write<T>(Stream file, CheckpointHeader header, IReadOnlyList<NativeVector<T>> vectors)
        where T : unmanaged
    {
        var hash = new XxHash128();
        var body = JsonSerializer.SerializeToUtf8Bytes(header);
        Span<byte> head = stackalloc byte[12];
        BinaryPrimitives.WriteUInt64LittleEndian(head, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], body.Length);
        Put(file, hash, head);
        Put(file, hash, body);
        long written = head.Length + body.Length;
        foreach (var vector in vectors)
        {
            var bytes = vector.Length * sizeof(T);
            for (long at = 0; at < bytes; at += ChunkBytes)
            {
                Put(file, hash, new ReadOnlySpan<byte>((byte*)vector.Data + at, (int)Math.Min(ChunkBytes, bytes - at)));
            }

            written += bytes;
        }

        var sum = hash.GetCurrentHash();
        file.Write(sum);
        return (written + sum.Length, Convert.ToHexStringLower(sum));
    }

    private static void Put(Stream file, XxHash128 hash, ReadOnlySpan<byte> bytes)
    {
        hash.Append(bytes);
        file.Write(bytes);
    }

    /// <summary>Reads a part: every byte is checked before any is used.</summary>
    /// <param name="open">Opens it.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="expected">What it must say of itself; its generation does not matter. Null: anything.</param>
    /// <param name="take">Told where each vector is to go: vector (0: weights), bytes of it; returns the place, or null to skip it.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="DamagedCheckpointException">It is torn, missing or not what was written.</exception>
    /// <exception cref="CheckpointUnavailableException">The store does not answer just now.</exception>
    public static CheckpointHeader Read(
        Func<Stream> open, string name, CheckpointHeader? expected, Func<CheckpointHeader, int, nint>? take, CancellationToken cancellation = default)
    {
        try
        {
            using var file = open();
            return Read(file, name, expected, take, cancellation);
        }
        catch (StoreUnavailableException e)
        {
            throw new CheckpointUnavailableException($"{name}: this checkpoint cannot be read now: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Damaged(name, e.Message);
        }
    }

    /// <summary>The same, from a stream that can be sought in.</summary>
    public static CheckpointHeader Read(
        Stream file, string name, CheckpointHeader? expected, Func<CheckpointHeader, int, nint>? take, CancellationToken cancellation = default)
    {
        try
        {
            var header = Header(name, file);
            if (expected is not null && header with { Generation = expected.Generation } != expected)
            {
                throw Damaged(name, $"it is of {header}, not of {expected}");
            }

            CheckSum(name, file, cancellation);
            if (take is not null)
            {
                for (var vector = 0; vector <= header.StatePerWeight; vector++)
                {
                    var bytes = header.Weights * header.ElementBytes;
                    var place = take(header, vector);
                    if (place == 0)
                    {
                        file.Seek(bytes, SeekOrigin.Current);
                        continue;
                    }

                    for (long at = 0; at < bytes; at += ChunkBytes)
                    {
                        cancellation.ThrowIfCancellationRequested(); // a store may be slow
                        file.ReadExactly(new Span<byte>((byte*)place + at, (int)Math.Min(ChunkBytes, bytes - at)));
                    }
                }
            }

            return header;
        }
        catch (IOException e) when (e is not StoreUnavailableException)
        {
            throw Damaged(name, e.Message);
        }
    }

    // No length that a file claims is believed before the file's own size has confirmed it.
    private static CheckpointHeader Header(string name, Stream file)
    {
        Span<byte> head = stackalloc byte[12];
        file.ReadExactly(head);
        var length = BinaryPrimitives.ReadInt32LittleEndian(head[8..]);
        var magic = BinaryPrimitives.ReadUInt64LittleEndian(head);
        if (magic != Magic || length is <= 0 or > MaxHeader)
        {
            throw Damaged(name, magic is FirstMagic or SecondMagic ? "an earlier version of Granary wrote it" : "it does not begin as a checkpoint does");
        }

        var body = new byte[length];
        file.ReadExactly(body);
        CheckpointHeader? header;
        try
        {
            header = JsonSerializer.Deserialize<CheckpointHeader>(body);
        }
        catch (JsonException)
        {
            throw Damaged(name, "its header cannot be read");
        }

        if (header is null or { Weights: < 0 } or { StatePerWeight: < 0 or > OwnOptimizers.MostVectors } or { ElementBytes: not (4 or 8) }
            || header.FirstBlock < 0 || header.EndBlock < header.FirstBlock
            || (Int128)header.Weights * header.ElementBytes * (1 + header.StatePerWeight) != file.Length - file.Position - HashBytes)
        {
            throw Damaged(name, $"its header does not fit its size of {file.Length} bytes");
        }

        return header;
    }

    private static void CheckSum(string name, Stream file, CancellationToken cancellation)
    {
        var data = file.Position;
        var hash = new XxHash128();
        var buffer = new byte[(int)Math.Min(ChunkBytes, file.Length)];
        file.Position = 0;
        for (var left = file.Length - HashBytes; left > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            var got = file.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
            if (got == 0)
            {
                throw Damaged(name, "it ended while it was read");
            }

            hash.Append(buffer.AsSpan(0, got));
            left -= got;
        }

        Span<byte> sum = stackalloc byte[HashBytes];
        file.ReadExactly(sum);
        if (!sum.SequenceEqual(hash.GetCurrentHash()))
        {
            throw Damaged(name, "its checksum does not fit its content");
        }

        file.Position = data;
    }

    private static DamagedCheckpointException Damaged(string name, string why) => new($"{name}: this checkpoint cannot be used: {why}.");
}
