using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace Granary.Model.Data;

/// <summary>Reads the cells of one described column as they are written, and remembers what the first different ones are. It says nothing of what is wrong with one. For one
/// thread.</summary>
internal sealed class CellMemo
{
    private const int MostKnown = 1 << 12;
    private const int ShortText = 256;
    private const int Slots = 1 << 9;
    private const int SlotShift = 64 - 9;
    private const ulong Mix = 0x9E3779B97F4A7C15;

    private readonly CellReader _reader;
    private readonly LabelNames? _names;
    private readonly Dictionary<byte[], double> _known = new(new ByteTexts());
    private readonly Dictionary<byte[], double>.AlternateLookup<ReadOnlySpan<byte>> _texts;

    // Of short texts the last one met of each hash: the bytes, and in the highest one how many.
    private readonly ulong[] _shorts = new ulong[Slots];
    private readonly double[] _shortValues = new double[Slots];

    /// <param name="reader">The column.</param>
    /// <param name="names">Where texts get their places; null where cells are numbers.</param>
    public CellMemo(CellReader reader, LabelNames? names)
    {
        (_reader, _names) = (reader, names);
        _texts = _known.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Whether a number as most are written needs no closer look.</summary>
    public bool TakesNumbers => _reader.TakesNumbers;

    /// <summary>A cell's number, or the place of its text; NaN where it is missing and may be. False: there is something to be said of it.</summary>
    /// <param name="text">The cell, without the blanks around it. Eight bytes can be read from its first one on, where it has one.</param>
    /// <param name="value">What it is.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryRead(ReadOnlySpan<byte> text, out double value)
    {
        if (text.Length is 0 or >= sizeof(ulong))
        {
            return TryFind(text, out value);
        }

        var bytes = Unsafe.ReadUnaligned<ulong>(ref MemoryMarshal.GetReference(text)) & ((1UL << (8 * text.Length)) - 1);
        var key = BitConverter.IsLittleEndian ? bytes | ((ulong)(text.Length + 1) << 56) : 0;
        var slot = (int)((key * Mix) >> SlotShift);
        if (key != 0 && _shorts[slot] == key)
        {
            value = _shortValues[slot];
            return true;
        }

        if (!TryFind(text, out value))
        {
            return false;
        }

        if (key != 0)
        {
            (_shorts[slot], _shortValues[slot]) = (key, value);
        }

        return true;
    }

    private bool TryFind(ReadOnlySpan<byte> text, out double value)
    {
        if (_texts.TryGetValue(text, out value))
        {
            return true;
        }

        if (!TryParse(text, out value))
        {
            return false;
        }

        if (_known.Count < MostKnown && !TakesNumbers) // numbers are rarely the same
        {
            _known.Add(text.ToArray(), value);
        }

        return true;
    }

    private bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        value = double.NaN;
        Span<char> characters = text.Length <= ShortText ? stackalloc char[ShortText] : new char[text.Length];
        if (!Utf8.IsValid(text))
        {
            return false;
        }

        ReadOnlySpan<char> cell = characters[..Encoding.UTF8.GetChars(text, characters)];
        return !cell.Contains('\ufffd') && _reader.TryRead(cell.Trim(), _names, out value);
    }
}
