using Granary.Jobs;

namespace Granary.Model.Data.Linear;

/// <summary>A feature that is a number of any size, made of a column's cells whenever it is asked for.</summary>
/// <param name="feature">Which feature.</param>
/// <param name="cells">The cells.</param>
/// <param name="fill">What a missing one becomes; null: none is missing.</param>
/// <param name="clip">The least and the greatest value; null: any.</param>
/// <param name="center">Subtracted.</param>
/// <param name="divisor">Divided by; 0: every number becomes 0.</param>
internal sealed class NumberTerm(int feature, CellColumn cells, double? fill, IReadOnlyList<double>? clip, double center, double divisor)
{
    /// <summary>Which feature.</summary>
    public int Feature => feature;

    /// <summary>Whether it is 0 in every row.</summary>
    public bool IsZero => divisor == 0;

    /// <summary>Adds the numbers of rows from one on, each times a weight.</summary>
    /// <param name="first">The row.</param>
    /// <param name="weight">The weight.</param>
    /// <param name="into">As many as rows.</param>
    /// <param name="scratch">Room for as many numbers.</param>
    public void AddTo(int first, double weight, Span<double> into, Span<double> scratch)
    {
        while (into.Length > 0)
        {
            var (run, at) = (cells.Runs[first / CellColumn.RunLength], first % CellColumn.RunLength);
            var some = into[..Math.Min(into.Length, run.Count - at)];
            if (clip is not null || !run.TryAddScaled(at, center * run.Times, weight / (divisor * run.Times), some))
            {
                Read(first, scratch[..some.Length]);
                Lanes.AddScaled(weight, scratch[..some.Length], some);
            }

            first += some.Length;
            into = into[some.Length..];
        }
    }

    /// <summary>The sum over rows from one on of their numbers times others.</summary>
    /// <param name="first">The row.</param>
    /// <param name="with">As many as rows.</param>
    /// <param name="scratch">Room for as many numbers.</param>
    public double Dot(int first, ReadOnlySpan<double> with, Span<double> scratch)
    {
        var sum = 0.0;
        while (with.Length > 0)
        {
            var (run, at) = (cells.Runs[first / CellColumn.RunLength], first % CellColumn.RunLength);
            var some = with[..Math.Min(with.Length, run.Count - at)];
            if (clip is null && run.TryDot(at, center * run.Times, some, out var own))
            {
                sum += own / (divisor * run.Times);
            }
            else
            {
                Read(first, scratch[..some.Length]);
                sum += Lanes.Dot(scratch[..some.Length], some);
            }

            first += some.Length;
            with = with[some.Length..];
        }

        return sum;
    }

    /// <summary>The numbers of rows from one on.</summary>
    /// <param name="first">The row.</param>
    /// <param name="into">As many as it has room for.</param>
    public void Read(int first, Span<double> into)
    {
        while (into.Length > 0)
        {
            var (run, at) = (cells.Runs[first / CellColumn.RunLength], first % CellColumn.RunLength);
            var some = into[..Math.Min(into.Length, run.Count - at)];
            run.ReadTimes(at, some);
            Scale(some, run.Times); // one subtraction and one product, where a cell itself would take a division more
            first += some.Length;
            into = into[some.Length..];
        }
    }

    /// <summary>The numbers of some rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="into">One for each.</param>
    public void Read(ReadOnlySpan<int> rows, Span<double> into)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            into[i] = cells[rows[i]];
        }

        Scale(into[..rows.Length], 1);
    }

    // Of cells that were multiplied.
    private void Scale(Span<double> cells, double times)
    {
        if (clip is [var low, var high])
        {
            for (var i = 0; i < cells.Length; i++)
            {
                cells[i] = Math.Clamp(cells[i], low * times, high * times);
            }
        }

        Lanes.Scale(cells, (fill ?? 0) * times, center * times, 1 / (divisor * times));
    }

    /// <summary>The numbers of a fitted column whose cells are the numbers.</summary>
    /// <param name="feature">The feature.</param>
    /// <param name="cells">The cells.</param>
    /// <param name="column">The column.</param>
    public static NumberTerm Of(int feature, CellColumn cells, FittedColumn column) =>
        new(feature, cells, column.Fill, column.Section.Clip, column.Center[0], column.Divisor[0]);
}
