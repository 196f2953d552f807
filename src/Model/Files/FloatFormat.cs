using System.Buffers.Binary;
using System.Numerics;

namespace Granary.Model.Files;

/// <summary>The floating-point formats that a safetensors file may hold, little-endian.</summary>
internal static class FloatFormat
{
    /// <summary>Bytes of one value; null for a type that holds no floating-point numbers.</summary>
    public static int? BytesOf(string type) => type switch
    {
        "F16" or "BF16" => 2,
        "F32" => 4,
        "F64" => 8,
        _ => null,
    };

    /// <summary>Converts values to the numbers of a network.</summary>
    public static void Convert<T>(string type, ReadOnlySpan<byte> from, Span<T> into)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < into.Length; i++)
        {
            into[i] = type switch
            {
                "F16" => T.CreateTruncating(BinaryPrimitives.ReadHalfLittleEndian(from[(2 * i)..])),
                // bfloat16 is the upper half of a float32.
                "BF16" => T.CreateTruncating(BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadInt16LittleEndian(from[(2 * i)..]) << 16)),
                "F32" => T.CreateTruncating(BinaryPrimitives.ReadSingleLittleEndian(from[(4 * i)..])),
                "F64" => T.CreateTruncating(BinaryPrimitives.ReadDoubleLittleEndian(from[(8 * i)..])),
                _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
            };
        }
    }
}
