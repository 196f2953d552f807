using System.Text;

namespace Granary.Cluster.Tests.Display;

/// <summary>A terminal as far as the command line uses one: characters, line ends, and the codes for up, erase and colours. What is drawn
/// beyond the last column goes on in the next row.</summary>
/// <param name="width">Columns.</param>
internal sealed class Screen(int width) : StringWriter
{
    private readonly List<StringBuilder> _rows = [new()];
    private int _row;
    private int _column;

    /// <summary>What is seen, without what is empty below.</summary>
    public string[] Rows()
    {
        var whole = GetStringBuilder().ToString();
        _rows.Clear();
        _rows.Add(new());
        (_row, _column) = (0, 0);
        for (var i = 0; i < whole.Length; i++)
        {
            i = whole[i] == '\x1b' ? Code(whole, i) : Put(whole[i], i);
        }

        return [.. _rows.Select(r => r.ToString().TrimEnd()).Reverse().SkipWhile(r => r.Length == 0).Reverse()];
    }

    private int Put(char c, int at)
    {
        if (c == '\r')
        {
            _column = 0;
        }
        else if (c == '\n')
        {
            Down();
        }
        else
        {
            if (_column == width)
            {
                Down();
            }

            var row = _rows[_row];
            row.Append(' ', Math.Max(0, _column + 1 - row.Length));
            row[_column++] = c;
        }

        return at;
    }

    private void Down()
    {
        (_row, _column) = (_row + 1, 0);
        if (_row == _rows.Count)
        {
            _rows.Add(new());
        }
    }

    private int Code(string whole, int at)
    {
        var end = at + 2;
        while (!char.IsAsciiLetter(whole[end]))
        {
            end++;
        }

        switch (whole[end])
        {
            case 'A':
                _row = Math.Max(0, _row - int.Parse(whole.AsSpan(at + 2, end - at - 2), System.Globalization.CultureInfo.InvariantCulture));
                break;
            case 'K':
                _rows[_row].Length = Math.Min(_column, _rows[_row].Length);
                break;
            case 'J':
                _rows[_row].Length = Math.Min(_column, _rows[_row].Length);
                _rows.RemoveRange(_row + 1, _rows.Count - _row - 1);
                break;
            case 'm':
                break;
            default:
                throw new InvalidOperationException($"the code {whole[at..(end + 1)]} is not one of those that are used");
        }

        return end;
    }
}
