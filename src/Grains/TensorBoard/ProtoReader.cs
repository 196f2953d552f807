using System.Buffers.Binary;

namespace Granary.Grains.TensorBoard;

/// <summary>Goes through the fields of a protocol buffer.</summary>
/// <param name="bytes">The message.</param>
internal ref struct ProtoReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Number of the present field.</summary>
    public int Field { get; private set; }

    /// <summary>Its value, where that is a number.</summary>
    public ulong Number { get; private set; }

    /// <summary>Its bytes, where it is a message or a text.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>Goes to the next field; false at the end, or where the rest is no protocol buffer.</summary>
    public bool Next()
    {
        Content = default;
        if (_rest.IsEmpty || !TryVarint(out var tag))
        {
            return false;
        }

        Field = (int)(tag >> 3);
        switch (tag & 7)
        {
            case 0 when TryVarint(out var value):
                Number = value;
                return true;
            case 1 when _rest.Length >= sizeof(ulong):
                Number = BinaryPrimitives.ReadUInt64LittleEndian(_rest);
                _rest = _rest[sizeof(ulong)..];
                return true;
            case 2 when TryVarint(out var length) && length <= (ulong)_rest.Length:
                Content = _rest[..(int)length];
                _rest = _rest[(int)length..];
                return true;
            case 5 when _rest.Length >= sizeof(uint):
                Number = BinaryPrimitives.ReadUInt32LittleEndian(_rest);
                _rest = _rest[sizeof(uint)..];
                return true;
            default:
                return false;
        }
    }

    private bool TryVarint(out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64 && !_rest.IsEmpty; shift += 7)
        {
            var b = _rest[0];
            _rest = _rest[1..];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
