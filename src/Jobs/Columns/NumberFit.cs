using System.Numerics;

namespace Granary.Jobs;

/// <summary>Fits one column of numbers: what fills a gap, then what every number is scaled with, over the training part with its gaps filled.</summary>
/// <param name="place">Its place among the columns.</param>
/// <param name="column">The column, not fitted yet.</param>
/// <param name="kind">Its kind.</param>
/// <param name="all">What was found over the whole training part.</param>
internal sealed class NumberFit(int place, FittedColumn column, NumberKind kind, ColumnFindings all)
{
    private static readonly double[] Quarters = [0.25, 0.5, 0.75];

    private ColumnSection Section => column.Section;

    private long Present => all.Rows - all.Missing;

    private double? _fill;
    private NumberFindings[] _numbers = [];

    /// <summary>What to look for to fill gaps: of a median the two in the middle.</summary>
    public IEnumerable<RankSearch.Sought> ForFill()
    {
        if (Section.Missing is MissingRule.Mean or MissingRule.Median or MissingRule.Slot && Present == 0)
        {
            throw new JobException($"column '{column.Name}' has no value in the training part, so that there is no {(Section.Missing == MissingRule.Median ? "median" : "mean")} to fill in. "
                + "Name it in data.ignore, or give it missing: constant.");
        }

        var middle = Quantile.Of(Present, 0.5);
        return Section.Missing == MissingRule.Median ? [new(place, -1, middle.Below), new(place, -1, middle.Above)] : [];
    }

    /// <summary>What to look for to scale: of every number the two next to each quartile.</summary>
    /// <param name="found">What <see cref="ForFill"/> has looked for.</param>
    public IEnumerable<RankSearch.Sought> ForScale(IReadOnlyList<double> found)
    {
        _fill = Section.Missing switch
        {
            MissingRule.Refuse => null,
            MissingRule.Median => Quantile.Of(Present, 0.5).Between(found[0], found[1]),
            MissingRule.Constant => kind.TryParse(Section, Section.Fill!, out var fill) ? NumberKind.Clipped(Section, fill) : throw new InvalidOperationException(Section.Fill),
            _ => all.Value!.Sum.Over(Present),
        };
        var filled = new double[all.Numbers.Count];
        if (_fill is { } x)
        {
            kind.Split(Section, x, filled);
        }

        _numbers = [.. all.Numbers.Select((n, i) => n.With(filled[i], _fill is null ? 0 : all.Missing))];
        return Section.Scale != ColumnScale.Robust ? [] : Enumerable.Range(0, _numbers.Length).SelectMany(i => Quarters.Select(q => Quantile.Of(all.Rows, q)).SelectMany(q => new[] { q.Below, q.Above })
            .Select(rank => new RankSearch.Sought(place, i, rank, filled[i], all.Missing)));
    }

    /// <summary>The fitted column.</summary>
    /// <param name="found">What <see cref="ForScale"/> has looked for.</param>
    public FittedColumn Fitted(IReadOnlyList<double> found)
    {
        var scales = _numbers.Select((n, i) => Scale(n, Section.Scale == ColumnScale.Robust ? [.. found.Skip(i * 2 * Quarters.Length).Take(2 * Quarters.Length)] : [])).ToArray();
        return scales.Any(s => !double.IsFinite(s.Center) || !double.IsFinite(s.Divisor))
            ? throw new JobException($"the values of column '{column.Name}' are too large to be scaled: give it clip: [least, greatest] in data.columns, or other units.")
            : column with { Fill = _fill, Center = [.. scales.Select(s => s.Center)], Divisor = [.. scales.Select(s => s.Divisor)] };
    }

    private (double Center, double Divisor) Scale(NumberFindings numbers, double[] ends)
    {
        var (least, greatest) = (numbers.Least ?? 0, numbers.Greatest ?? 0);
        if (Section.Scale == ColumnScale.None)
        {
            return (0, 1);
        }

        if (least == greatest)
        {
            return (least, 0);
        }

        if (Section.Scale == ColumnScale.MinMax)
        {
            return (least, greatest - least);
        }

        if (Section.Scale == ColumnScale.Standard)
        {
            // The variance times n^2, without rounding: n sum(x^2) - (sum x)^2.
            var n = all.Rows;
            var spread = numbers.Squares.Times(n).Plus(numbers.Sum.Times(numbers.Sum).Times(-1));
            return (numbers.Sum.Over(n), Math.Sqrt(spread.Over((BigInteger)n * n)));
        }

        double[] quarters = [.. Quarters.Select((q, i) => Quantile.Of(all.Rows, q).Between(ends[2 * i], ends[(2 * i) + 1]))];
        var range = quarters[2] - quarters[0];
        return (quarters[1], range > 0 ? range : 1); // half of the values or more are the same: the others keep their distance
    }
}
