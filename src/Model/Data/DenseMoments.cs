using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Means and squared deviations of features that every row has, in two passes over the rows. All features of a row are added
/// at once, each with sums of its own: the additions of a feature, and so its bits, do not depend on how many fit into a register.</summary>
internal static class DenseMoments
{
    /// <param name="chosen">Which rows.</param>
    /// <param name="rows">The rows; NaN where a value is missing.</param>
    public static FeatureMoments Of(ReadOnlySpan<int> chosen, IDenseRows rows)
    {
        var features = rows.Features;
        var width = (features + Vector<double>.Count - 1) / Vector<double>.Count * Vector<double>.Count;
        var (row, sums, lost, present) = (new double[width], new double[width], new double[width], new double[width]);
        foreach (var r in chosen)
        {
            rows.Read(r, row.AsSpan(0, features));
            Add(Vectors(row), Vectors(sums), Vectors(lost), Vectors(present));
        }

        var (mean, squares) = (new double[width], new double[width]);
        for (var f = 0; f < features; f++)
        {
            mean[f] = present[f] == 0 ? 0 : (sums[f] + lost[f]) / present[f];
        }

        foreach (var r in chosen)
        {
            rows.Read(r, row.AsSpan(0, features));
            AddSquares(Vectors(row), Vectors(mean), Vectors(squares));
        }

        return new FeatureMoments([.. present.Take(features).Select(n => (long)n)], mean[..features], squares[..features]);
    }

    private static Span<Vector<double>> Vectors(double[] numbers) => MemoryMarshal.Cast<double, Vector<double>>(numbers.AsSpan());

    // CompensatedSum, feature by feature.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(ReadOnlySpan<Vector<double>> row, Span<Vector<double>> sums, Span<Vector<double>> lost, Span<Vector<double>> present)
    {
        for (var i = 0; i < row.Length; i++)
        {
            var (x, before) = (row[i], sums[i]);
            var isThere = Vector.Equals(x, x);
            var sum = before + x;
            var error = Vector.ConditionalSelect(
                Vector.GreaterThanOrEqual(Vector.Abs(before), Vector.Abs(x)), (before - sum) + x, (x - sum) + before);
            lost[i] = Vector.ConditionalSelect(isThere, lost[i] + error, lost[i]);
            sums[i] = Vector.ConditionalSelect(isThere, sum, before);
            present[i] += Vector.ConditionalSelect(isThere, Vector<double>.One, Vector<double>.Zero);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddSquares(ReadOnlySpan<Vector<double>> row, ReadOnlySpan<Vector<double>> mean, Span<Vector<double>> squares)
    {
        for (var i = 0; i < row.Length; i++)
        {
            var d = row[i] - mean[i];
            squares[i] += Vector.ConditionalSelect(Vector.Equals(d, d), d * d, Vector<double>.Zero);
        }
    }
}
