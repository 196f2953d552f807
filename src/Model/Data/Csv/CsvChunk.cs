using System.Globalization;
using System.Runtime.CompilerServices;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>
/// Reads the rows of one chunk after another, of files as most are: cells that are quoted whole or not at all, numbers, blank lines.
/// Fast path; returns false for anything unusual, which <see cref="CsvRows"/> then reads, and refuses where it is wrong. Both read a row alike. For one thread.
/// </summary>
internal sealed class CsvChunk
{
    private const int Ignored = -1;
    private const int Label = -2;
    private const int Split = -3;

    private readonly int[] _roles; // of every cell: the number's place in a row, or one of those above
    private readonly int _features;
    private readonly int _numbers; // in a row: the features, those behind them, and what the row is held out by
    private readonly NumberColumn[] _extra;
    private readonly bool _hasLabel;
    private readonly byte _delimiter;
    private readonly MissingCells _missing;
    private readonly SplitColumn? _split;
    private readonly int _splitFeature; // the place of the feature that is the same column; -1: it is none
    private readonly CellMemo[] _cells; // of described columns
    private readonly bool[] _isPlain; // of every number of a row: whether it may be read straight from the bytes

    /// <param name="columns">Which cell is what.</param>
    /// <param name="data">How the file is written.</param>
    /// <param name="cells">Of columns that the job describes, each one's reader; null: all are numbers.</param>
    public CsvChunk(TableColumns columns, DataSection data, CellReader[]? cells = null)
    {
        _features = columns.Features.Length;
        _hasLabel = data.HasClasses;
        _extra = [.. columns.ExtraNumbers];
        _roles = [.. Enumerable.Range(0, columns.Names.Length).Select(i => i == columns.Split ? Split
            : Array.FindIndex(_extra, b => b.Column == i) is >= 0 and var at ? _features + at
            : i == columns.Label ? Label : Array.IndexOf(columns.Features, i))];
        _split = columns.SplitBy;
        _splitFeature = columns.Split < 0 ? -1 : Array.IndexOf(columns.Features, columns.Split);
        _numbers = columns.Numbers;
        _delimiter = (byte)data.Delimiter[0];
        _missing = new MissingCells(data);
        Rows = new RowBuffer(_missing) { Texts = [.. (cells ?? []).Select(c => c.IsText ? new LabelNames() : null)] };
        _cells = [.. (cells ?? []).Select((c, i) => new CellMemo(c, Rows.Texts[i]))];

        // No delimiter looks like a part of a number, and no number means that there is none.
        var isPlain = data.Delimiter[0] is not ('-' or '+' or '.') && !_missing.AnyNumber;
        _isPlain = [.. Enumerable.Range(0, _numbers).Select(i => isPlain && (i >= _cells.Length || _cells[i].TakesNumbers))];
    }

    /// <summary>What the chunk read last has in it.</summary>
    public RowBuffer Rows { get; }

    /// <summary>Reads a chunk; false: it has to be read otherwise.</summary>
    /// <param name="bytes">The chunk, whole lines, and <see cref="LineChunks.Margin"/> bytes behind it.</param>
    /// <param name="length">The chunk's own.</param>
    public unsafe bool TryRead(byte[] bytes, int length)
    {
        Rows.Clear();
        if (bytes.AsSpan(0, length).Contains((byte)0))
        {
            return false;
        }

        fixed (byte* begin = bytes)
        {
            return TryRead(begin, begin + length);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe bool TryRead(byte* at, byte* end)
    {
        var last = _roles.Length - 1;
        while (at < end)
        {
            if (*at <= ' ' && IsBlank(ref at))
            {
                continue;
            }

            var values = Rows.Next(_numbers);
            for (var cell = 0; cell <= last; cell++)
            {
                var role = _roles[cell];
                if (role >= 0)
                {
                    // All that may stand before the end of a cell read this way is the number itself.
                    var p = at;
                    if (_isPlain[role] && PlainNumber.TryRead(ref p, out values[role]) && (*p == _delimiter || *p == '\n' || (*p == '\r' && p[1] == '\n')))
                    {
                        at = p;
                    }
                    else if (role < _cells.Length ? !TryCell(ref at, out var own) || !_cells[role].TryRead(own, out values[role]) : !TryNumber(ref at, out values[role]))
                    {
                        return false;
                    }
                }
                else
                {
                    if (!TryCell(ref at, out var text) || (role == Label && !Rows.TryLabel(text)) || (role == Split && !TrySplit(text, values)))
                    {
                        return false;
                    }
                }

                if (cell < last)
                {
                    if (*at++ != _delimiter)
                    {
                        return false;
                    }
                }
                else if (*at == '\n')
                {
                    at++;
                }
                else if (*at == '\r')
                {
                    at += 2; // a cell ends before it only where a line feed follows
                }
                else
                {
                    return false;
                }
            }

            for (var i = 0; i < _extra.Length; i++)
            {
                if (!_extra[i].Takes(values[_features + i]))
                {
                    return false;
                }
            }

            if (!_hasLabel)
            {
                Rows.NoLabel();
            }
        }

        return true;
    }

    private bool TrySplit(ReadOnlySpan<byte> text, Span<double> values)
    {
        values[^1] = double.NaN;
        return (_split is null || _split.TryRead(text, out values[^1])) && (_splitFeature < 0 || _cells[_splitFeature].TryRead(text, out values[_splitFeature]));
    }

    // Lines of nothing, or of spaces and tabs that are no delimiters, are no rows.
    private unsafe bool IsBlank(ref byte* at)
    {
        for (var p = at; ; p++)
        {
            if (*p == '\n')
            {
                at = p + 1;
                return true;
            }

            if (*p == _delimiter || !(*p is (byte)' ' or (byte)'\t' || (*p == '\r' && p[1] == '\n')))
            {
                return false;
            }
        }
    }

    // Goes behind a cell, to the delimiter or the line's end.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe bool TryCell(ref byte* at, out ReadOnlySpan<byte> text)
    {
        var p = at;
        var begin = p;
        if (*p == '"')
        {
            // Quoted whole, without a quote in it: it may hold delimiters.
            for (p++; *p is not ((byte)'"' or (byte)'\n' or (byte)'\r'); p++)
            {
            }

            text = new ReadOnlySpan<byte>(begin + 1, (int)(p - begin - 1));
            if (*p++ != '"')
            {
                return false;
            }
        }
        else
        {
            for (; *p != _delimiter && *p is not ((byte)'\n' or (byte)'\r' or (byte)'"'); p++)
            {
            }

            text = new ReadOnlySpan<byte>(begin, (int)(p - begin));
        }

        text = text.Trim(" \t"u8);
        at = p;
        return *p == _delimiter || *p == '\n' || (*p == '\r' && p[1] == '\n');
    }

    private unsafe bool TryNumber(ref byte* at, out double value)
    {
        value = double.NaN;
        if (!TryCell(ref at, out var text))
        {
            return false;
        }

        var isNumber = System.Text.Ascii.IsValid(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
        if (isNumber && double.IsFinite(value) && !_missing.Has(value))
        {
            return true;
        }

        var isMissing = _missing.Has(text) || (isNumber && _missing.Has(value));
        value = double.NaN;
        return isMissing && _missing.AreFilled;
    }
}
