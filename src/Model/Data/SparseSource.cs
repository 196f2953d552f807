using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Labelled rows most of whose numbers are 0, kept without their zeros.</summary>
/// <param name="rows">The rows.</param>
/// <param name="features">Number of features; null: the greatest index.</param>
/// <param name="numbers">Whether labels are numbers to be predicted, also where there are no rows.</param>
internal sealed class SparseSource(SparseRows rows, int? features, bool numbers = false) : IFeatureSource, ISparseRows
{
    /// <inheritdoc/>
    public int Rows => rows.Count;

    /// <inheritdoc/>
    public int Features => features ?? rows.GreatestIndex;

    /// <inheritdoc/>
    public IReadOnlyList<string> Columns => [];

    /// <inheritdoc/>
    public bool IsDealt { get; init; }

    /// <summary>Whether rows have had numbers of queries, which are not kept.</summary>
    public bool HasQueries => rows.HasQueries;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; } = [.. rows.Labels.Distinct()];

    /// <inheritdoc/>
    public IDenseRows? Dense => null;

    /// <inheritdoc/>
    public ISparseRows? Sparse => this;

    /// <inheritdoc/>
    public ShardSurvey Tell(ShardSurvey survey) => survey with { HasQueries = HasQueries };

    /// <summary>The values that are there.</summary>
    public ReadOnlySpan<double> Values => rows.AllValues;

    /// <summary>The rows with their zeros.</summary>
    /// <param name="count">Features.</param>
    public IDenseRows WrittenOut(int count) => new WholeRows(rows, count);

    /// <summary>In how many rows each of some features is written.</summary>
    public long[] Given(int count)
    {
        var given = new long[count];
        for (var row = 0; row < Rows; row++)
        {
            foreach (var feature in rows.Features(row))
            {
                given[feature]++;
            }
        }

        return given;
    }

    /// <inheritdoc/>
    public double[]? Targets { get; } = numbers ? [.. rows.Targets] : null;

    /// <inheritdoc/>
    public string Label(int row) => rows.Labels[row];

    // The zeros that are left out count: each of them lies mean^2 from the mean.

    /// <inheritdoc/>
    public FeatureMoments Moments(ReadOnlySpan<int> chosen, int count)
    {
        var (sums, mean, squares, present) = (new CompensatedSum[count], new double[count], new double[count], new int[count]);
        foreach (var row in chosen)
        {
            var at = rows.Features(row);
            var x = rows.Values(row);
            for (var i = 0; i < at.Length; i++)
            {
                sums[at[i]].Add(x[i]);
                present[at[i]]++;
            }
        }

        for (var f = 0; f < count && chosen.Length > 0; f++)
        {
            mean[f] = sums[f].Value / chosen.Length;
            squares[f] = (chosen.Length - present[f]) * mean[f] * mean[f];
        }

        foreach (var row in chosen)
        {
            var at = rows.Features(row);
            var x = rows.Values(row);
            for (var i = 0; i < at.Length; i++)
            {
                squares[at[i]] += (x[i] - mean[at[i]]) * (x[i] - mean[at[i]]);
            }
        }

        var counts = new long[count];
        Array.Fill(counts, chosen.Length);
        return new FeatureMoments(counts, mean, squares);
    }

    /// <inheritdoc/>
    public IExampleTensors ToTensors(Precision precision, DataFacts facts, int[]? order = null) => new SparseTensors(this, rows, precision, facts);

    private sealed class WholeRows(SparseRows rows, int features) : IDenseRows
    {
        public int Count => rows.Count;

        public int Features => features;

        public void Read(int row, Span<double> into)
        {
            into.Clear();
            var at = rows.Features(row);
            var x = rows.Values(row);
            for (var i = 0; i < at.Length; i++)
            {
                into[at[i]] = x[i];
            }
        }
    }
}
