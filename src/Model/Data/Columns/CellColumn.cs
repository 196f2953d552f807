using System.Runtime.CompilerServices;

namespace Granary.Model.Data;

/// <summary>The cells of one column, row after row: see <see cref="CellRun"/>. While rows are added, one run at a time is held as doubles.</summary>
internal sealed class CellColumn
{
    /// <summary>Cells of a run; the last one may have fewer.</summary>
    public const int RunLength = 1 << 13;

    private readonly List<CellRun> _runs = [];
    private double[] _open = [];
    private int _opened;

    /// <summary>Cells.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes that they take.</summary>
    public long Bytes => _runs.Sum(r => r.Bytes) + ((long)_open.Length * sizeof(double));

    /// <summary>Its runs, once it is closed.</summary>
    public IReadOnlyList<CellRun> Runs => _runs;

    /// <summary>Adds a cell; NaN: it is missing.</summary>
    public void Add(double cell)
    {
        if (_opened == _open.Length)
        {
            Open();
        }

        _open[_opened++] = cell;
        Count++;
    }

    /// <summary>Adds one column of rows.</summary>
    /// <param name="rows">Row after row.</param>
    /// <param name="at">The column's place in a row.</param>
    /// <param name="width">Numbers in a row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<double> rows, int at, int width)
    {
        for (; at < rows.Length; at += width)
        {
            Add(rows[at]);
        }
    }

    private void Open()
    {
        if (_opened == RunLength)
        {
            _runs.Add(CellRun.Of(_open));
            _opened = 0;
            return;
        }

        Array.Resize(ref _open, Math.Min(RunLength, Math.Max(16, 2 * _open.Length)));
    }

    /// <summary>There are no more cells.</summary>
    public CellColumn Close()
    {
        if (_opened > 0)
        {
            _runs.Add(CellRun.Of(_open.AsSpan(0, _opened)));
        }

        (_open, _opened) = ([], 0);
        return this;
    }

    /// <summary>A column of given cells, closed.</summary>
    public static CellColumn Of(IEnumerable<double> cells)
    {
        var column = new CellColumn();
        foreach (var cell in cells)
        {
            column.Add(cell);
        }

        return column.Close();
    }

    /// <summary>A cell; NaN where it is missing.</summary>
    public double this[int row] => _runs[row / RunLength][row % RunLength];

    /// <summary>Copies cells from a row on; NaN where one is missing.</summary>
    /// <param name="first">The row.</param>
    /// <param name="into">As many as it has room for.</param>
    public void Read(int first, Span<double> into)
    {
        while (into.Length > 0)
        {
            var (run, at) = (_runs[first / RunLength], first % RunLength);
            var count = Math.Min(into.Length, run.Count - at);
            run.Read(at, into[..count]);
            first += count;
            into = into[count..];
        }
    }

    /// <summary>Copies the cells of some rows; NaN where one is missing.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="into">One for each.</param>
    public void Read(ReadOnlySpan<int> rows, Span<double> into)
    {
        if (IsRun(rows))
        {
            Read(rows[0], into[..rows.Length]);
            return;
        }

        for (var i = 0; i < rows.Length; i++)
        {
            into[i] = this[rows[i]];
        }
    }

    /// <summary>The same of whole numbers; -1 where one is missing.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="into">One for each.</param>
    public void ReadWhole(ReadOnlySpan<int> rows, Span<int> into)
    {
        if (IsRun(rows))
        {
            ReadWhole(rows[0], into[..rows.Length]);
            return;
        }

        for (var i = 0; i < rows.Length; i++)
        {
            var x = this[rows[i]];
            into[i] = double.IsNaN(x) ? -1 : (int)x;
        }
    }

    /// <summary>The same from a row on.</summary>
    /// <param name="first">The row.</param>
    /// <param name="into">As many as it has room for.</param>
    public void ReadWhole(int first, Span<int> into)
    {
        while (into.Length > 0)
        {
            var (run, at) = (_runs[first / RunLength], first % RunLength);
            var count = Math.Min(into.Length, run.Count - at);
            run.ReadWhole(at, into[..count]);
            first += count;
            into = into[count..];
        }
    }

    // Whether rows that differ, as all here do, follow on each other.
    private static bool IsRun(ReadOnlySpan<int> rows)
    {
        for (var i = 1; i < rows.Length; i++)
        {
            if (rows[i] != rows[i - 1] + 1)
            {
                return false;
            }
        }

        return rows.Length > 0;
    }
}
