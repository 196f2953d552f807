using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Means and squared deviations of features that every row has, in two passes.</summary>
internal static class DenseMoments
{
    /// <param name="rows">The rows.</param>
    /// <param name="features">Number of features.</param>
    /// <param name="value">The value of (row, feature); NaN where it is missing.</param>
    public static FeatureMoments Of(ReadOnlySpan<int> rows, int features, Func<int, int, double> value)
    {
        var (counts, mean, squares) = (new long[features], new double[features], new double[features]);
        for (var f = 0; f < features; f++)
        {
            var sum = default(CompensatedSum);
            foreach (var row in rows)
            {
                var x = value(row, f);
                if (!double.IsNaN(x))
                {
                    sum.Add(x);
                    counts[f]++;
                }
            }

            mean[f] = counts[f] == 0 ? 0 : sum.Value / counts[f];
            foreach (var row in rows)
            {
                var d = value(row, f) - mean[f];
                squares[f] += double.IsNaN(d) ? 0 : d * d;
            }
        }

        return new FeatureMoments(counts, mean, squares);
    }
}
