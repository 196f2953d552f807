using System.Buffers.Binary;
using System.Numerics;

namespace Granary.Grains.TensorBoard;

/// <summary>A record of TensorFlow's record files, little-endian: length (8 bytes), its checksum (4), the data, the data's checksum (4).
/// A checksum is CRC-32C, rotated right by 15 bits, plus 0xa282ead8.</summary>
internal static class RecordFormat
{
    private const int Head = sizeof(ulong) + sizeof(uint);

    /// <summary>A record of some data.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> data)
    {
        var record = new byte[Head + data.Length + sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(sizeof(ulong)), Checksum(record.AsSpan(0, sizeof(ulong))));
        data.CopyTo(record.AsSpan(Head));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(Head + data.Length), Checksum(data));
        return record;
    }

    /// <summary>The first record's data and its length with all that is around it; false where the bytes end within it, or are not what was written.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> data, out int length)
    {
        data = default;
        length = 0;
        if (bytes.Length < Head + sizeof(uint) || BinaryPrimitives.ReadUInt32LittleEndian(bytes[sizeof(ulong)..]) != Checksum(bytes[..sizeof(ulong)]))
        {
            return false;
        }

        var size = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (size > (ulong)(bytes.Length - Head - sizeof(uint)))
        {
            return false;
        }

        var read = bytes.Slice(Head, (int)size);
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[(Head + read.Length)..]) != Checksum(read))
        {
            return false;
        }

        data = read;
        length = Head + read.Length + sizeof(uint);
        return true;
    }

    private static uint Checksum(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        for (; data.Length >= sizeof(ulong); data = data[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
        }

        foreach (var b in data)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return BitOperations.RotateRight(~crc, 15) + 0xa282ead8;
    }
}
