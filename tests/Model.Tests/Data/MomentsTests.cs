using System.Numerics;
using Granary.Jobs;
using Granary.Model.Data;

namespace Granary.Model.Tests.Data;

/// <summary>Means and deviations of many examples against exact arithmetic.</summary>
public sealed class MomentsTests
{
    private const int Rows = 3_000_000;

    private static readonly int[] All = [.. Enumerable.Range(0, Rows)];

    private static FeatureMoments Dense(Func<int, double> value) => DenseMoments.Of(All, new ArrayRows([.. All.Select(value)], 1, Rows));

    private static FeatureMoments Sparse(Func<int, double> value)
    {
        var rows = new SparseRows();
        for (var i = 0; i < Rows; i++)
        {
            rows.Begin("a");
            rows.Add(1, value(i));
        }

        return new SparseSource(rows, 1).Moments(All, 1);
    }

    private static Scaling Scaling(FeatureMoments moments) => FeaturePlan.Complete(
        new DataSection { Format = "csv", Path = "/d.csv", Standardize = true },
        new DataFacts(new InputShape(1, 2), ["a", "b"], [Rows], [], null) { Columns = ["x"] },
        [moments]).Scaling!;

    [Theory]
    [InlineData(0.1)]
    [InlineData(1e15 / 3)]
    [InlineData(-1e-9 / 7)]
    public void Equal_numbers_have_their_own_mean_and_no_deviation(double x)
    {
        foreach (var moments in new[] { Dense(_ => x), Sparse(_ => x) })
        {
            Assert.InRange(moments.Mean[0], Math.BitDecrement(x), Math.BitIncrement(x));
            Assert.Equal(0, Scaling(moments).Deviation[0]);
        }
    }

    // Numbers i / 2^20 + 2^32 are whole multiples of 2^-20: in whole numbers their sums are exact.
    [Fact]
    public void Moments_are_those_of_exact_arithmetic_where_the_mean_is_far_greater_than_the_deviation()
    {
        static long Units(int i) => (1L << 52) + ((long)i * 7919 % 1_000_003);
        BigInteger sum = 0, squares = 0;
        foreach (var i in All)
        {
            sum += Units(i);
            squares += (BigInteger)Units(i) * Units(i);
        }

        var mean = Math.ScaleB((double)(sum / Rows), -20);
        var deviation = Math.ScaleB(Math.Sqrt((double)((squares * Rows) - (sum * sum))) / Rows, -20);
        foreach (var moments in new[] { Dense(i => Math.ScaleB(Units(i), -20)), Sparse(i => Math.ScaleB(Units(i), -20)) })
        {
            Assert.Equal(mean, moments.Mean[0], Math.ScaleB(1, -19));
            Assert.Equal(1, Scaling(moments).Deviation[0] / deviation, 1e-9);
        }
    }
}
