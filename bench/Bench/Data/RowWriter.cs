using System.Globalization;

namespace Granary.Bench.Data;

/// <summary>Writes the rows of a CSV file cell by cell. Numbers are whole numbers over a power of ten, so that what a law computes with and
/// what the file says are the same.</summary>
/// <param name="file">Where to.</param>
internal sealed class RowWriter(Stream file)
{
    private const int Longest = 4096; // of a row, in bytes

    private readonly byte[] _row = new byte[Longest];
    private int _length;

    /// <summary>A cell without a value.</summary>
    public void Missing() => Comma();

    /// <summary>A cell of ASCII text.</summary>
    public void Text(string text)
    {
        _length += System.Text.Encoding.ASCII.GetBytes(text, _row.AsSpan(_length));
        Comma();
    }

    /// <summary>A whole number.</summary>
    public void Whole(long number)
    {
        Format(number);
        Comma();
    }

    /// <summary>A number with so many decimals at the most.</summary>
    /// <returns>The number as it is read again.</returns>
    public double Number(double number, int decimals)
    {
        var (scale, one) = (1L, 1.0);
        for (var d = 0; d < decimals; d++)
        {
            (scale, one) = (scale * 10, one * 10);
        }

        var whole = (long)Math.Round(number * one);
        if (whole < 0)
        {
            _row[_length++] = (byte)'-';
        }

        var (before, after) = Math.DivRem(Math.Abs(whole), scale);
        Format(before);
        if (after > 0)
        {
            _row[_length++] = (byte)'.';
            for (; after > 0; after = after * 10 % scale)
            {
                _row[_length++] = (byte)('0' + (after * 10 / scale));
            }
        }

        Comma();
        return whole / one;
    }

    /// <summary>The row ends.</summary>
    public void End()
    {
        _row[_length - 1] = (byte)'\n'; // in the last comma's place
        file.Write(_row, 0, _length);
        _length = 0;
    }

    private void Comma() => _row[_length++] = (byte)',';

    private void Format(long number)
    {
        number.TryFormat(_row.AsSpan(_length), out var written, provider: CultureInfo.InvariantCulture);
        _length += written;
    }
}
