using System.Buffers.Binary;
using System.Globalization;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>The elements of IDX files as numbers; they are big-endian.</summary>
internal static class IdxValues
{
    /// <summary>Bytes of an element.</summary>
    public static int Bytes(IdxType type) => type switch
    {
        IdxType.Ubyte or IdxType.Sbyte => 1,
        IdxType.Int16 => 2,
        IdxType.Int32 or IdxType.Float32 => 4,
        _ => 8,
    };

    /// <summary>Whether elements are whole numbers.</summary>
    public static bool IsWhole(IdxType type) => type is not (IdxType.Float32 or IdxType.Float64);

    /// <summary>Elements as features: bytes without a sign, which is what pixels are, become x / 255, all others stay as they are.</summary>
    /// <param name="elements">The elements' bytes.</param>
    /// <param name="type">What they are.</param>
    /// <param name="into">Receives as many.</param>
    public static void Features(ReadOnlySpan<byte> elements, IdxType type, Span<double> into)
    {
        if (type == IdxType.Ubyte)
        {
            for (var i = 0; i < into.Length; i++)
            {
                into[i] = elements[i] / 255.0;
            }

            return;
        }

        var bytes = Bytes(type);
        for (var i = 0; i < into.Length; i++)
        {
            into[i] = Number(elements.Slice(i * bytes, bytes), type);
        }
    }

    /// <summary>A whole element as a label.</summary>
    public static string Label(ReadOnlySpan<byte> elements, IdxType type, int index)
    {
        var bytes = Bytes(type);
        var value = type == IdxType.Ubyte ? elements[index] : (int)Number(elements.Slice(index * bytes, bytes), type);
        return value.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Refuses records with an element that is not finite.</summary>
    /// <param name="records">Their bytes.</param>
    /// <param name="header">What they are.</param>
    /// <param name="first">Number of the first of them, from 0.</param>
    /// <param name="name">The file's name.</param>
    /// <exception cref="JobException">It names the record.</exception>
    public static void RequireFinite(ReadOnlySpan<byte> records, IdxHeader header, long first, string name)
    {
        if (IsWhole(header.Type))
        {
            return;
        }

        var bytes = Bytes(header.Type);
        for (var at = 0; at < records.Length; at += bytes)
        {
            if (Number(records.Slice(at, bytes), header.Type) is var x && !double.IsFinite(x))
            {
                throw new JobException(string.Create(
                    CultureInfo.InvariantCulture, $"{name}: record {first + (at / header.Size)}, counted from 0, holds {x}, which is not a finite number: fill it in, or leave it out."));
            }
        }
    }

    // Of any type but the byte without a sign.
    private static double Number(ReadOnlySpan<byte> element, IdxType type) => type switch
    {
        IdxType.Sbyte => (sbyte)element[0],
        IdxType.Int16 => BinaryPrimitives.ReadInt16BigEndian(element),
        IdxType.Int32 => BinaryPrimitives.ReadInt32BigEndian(element),
        IdxType.Float32 => BinaryPrimitives.ReadSingleBigEndian(element),
        _ => BinaryPrimitives.ReadDoubleBigEndian(element),
    };
}
