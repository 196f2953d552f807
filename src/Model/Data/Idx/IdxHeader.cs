using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>What the elements of an IDX file are, as its third byte says.</summary>
internal enum IdxType
{
    Ubyte = 0x08,
    Sbyte = 0x09,
    Int16 = 0x0b,
    Int32 = 0x0c,
    Float32 = 0x0d,
    Float64 = 0x0e,
}

/// <summary>The header of an IDX file.</summary>
/// <param name="Type">Of its elements.</param>
/// <param name="Count">How many records it has: its first dimension.</param>
/// <param name="Record">The other dimensions; none where a record is one number.</param>
internal sealed record IdxHeader(IdxType Type, int Count, int[] Record)
{
    /// <summary>Elements of a record.</summary>
    public int Elements { get; } = Record.Aggregate(1, (product, side) => product * side);

    /// <summary>Bytes of a record.</summary>
    public int Size => Elements * IdxValues.Bytes(Type);

    /// <summary>"28 x 28".</summary>
    public string Shape => string.Join(" x ", Record);

    /// <summary>Of grey images [H, W] or [C, H, W] their sizes; null of rows of numbers, and of what looks like [H, W, C].</summary>
    public ImageSize? Image => Record switch
    {
        [var height, var width] => new ImageSize(1, height, width),
        [not (1 or 3), _, 1 or 3] => null,
        [var channels, var height, var width] => new ImageSize(channels, height, width),
        _ => null,
    };

    /// <summary>"float32".</summary>
    public string TypeName => Kebab.Name(Type);
}
