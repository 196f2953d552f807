using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Granary.Grains.TensorBoard;

/// <summary>Writes the few kinds of fields of a protocol buffer that events have.</summary>
internal sealed class ProtoWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>What has been written.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    /// <summary>An int64.</summary>
    public ProtoWriter Int(int field, long value)
    {
        Tag(field, 0);
        Varint((ulong)value);
        return this;
    }

    /// <summary>A double.</summary>
    public ProtoWriter Double(int field, double value)
    {
        Tag(field, 1);
        Fixed(value);
        return this;
    }

    /// <summary>A float.</summary>
    public ProtoWriter Float(int field, float value)
    {
        Tag(field, 5);
        BinaryPrimitives.WriteSingleLittleEndian(_bytes.GetSpan(sizeof(float)), value);
        _bytes.Advance(sizeof(float));
        return this;
    }

    /// <summary>A string.</summary>
    public ProtoWriter Text(int field, string value) => Block(field, Encoding.UTF8.GetBytes(value));

    /// <summary>A message within this one.</summary>
    public ProtoWriter Message(int field, ProtoWriter inner) => Block(field, inner.Bytes);

    /// <summary>Packed doubles.</summary>
    public ProtoWriter Doubles(int field, IReadOnlyCollection<double> values)
    {
        Tag(field, 2);
        Varint((ulong)(values.Count * sizeof(double)));
        foreach (var value in values)
        {
            Fixed(value);
        }

        return this;
    }

    private ProtoWriter Block(int field, ReadOnlySpan<byte> bytes)
    {
        Tag(field, 2);
        Varint((ulong)bytes.Length);
        _bytes.Write(bytes);
        return this;
    }

    private void Tag(int field, int wire) => Varint((ulong)((field << 3) | wire));

    private void Fixed(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(_bytes.GetSpan(sizeof(double)), value);
        _bytes.Advance(sizeof(double));
    }

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            Put((byte)(value | 0x80));
        }

        Put((byte)value);
    }

    private void Put(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
    }
}
