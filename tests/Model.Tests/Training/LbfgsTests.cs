using CsCheck;
using Granary.Jobs;
using Granary.Model.Training;

namespace Granary.Model.Tests.Training;

public class LbfgsTests
{
    private sealed record History(double[][] S, double[][] Y) : ILbfgsHistory<double>
    {
        public int Memory => S.Length;

        public ReadOnlySpan<double> Step(int ago) => S[ago];

        public ReadOnlySpan<double> Change(int ago) => Y[ago];
    }

    // H' = (I - rho s y^T) H (I - rho y s^T) + rho s s^T from gamma I on, written out as matrices.
    [Fact]
    public void The_direction_is_that_of_the_bfgs_formula() => Gen.Int[0, 1_000_000].Sample(seed =>
    {
        var random = new Random(seed);
        var (n, m) = (random.Next(1, 8), random.Next(1, 6));
        double[] Vector() => [.. Enumerable.Range(0, n).Select(_ => (random.NextDouble() * 2) - 1)];
        var (s, y) = (new double[m][], new double[m][]);
        for (var i = 0; i < m; i++)
        {
            (s[i], y[i]) = (Vector(), Vector());
            if (Dot(s[i], y[i]) < 0.1)
            {
                (s[i], y[i]) = (new double[n], new double[n]); // nothing is remembered here
            }
        }

        var pairs = Enumerable.Range(0, m).Reverse().Where(i => Dot(s[i], y[i]) > 0).ToArray(); // oldest first
        var h = Enumerable.Range(0, n).Select(i => new double[n]).ToArray();
        for (var i = 0; i < n; i++)
        {
            h[i][i] = pairs.Length == 0 ? 1 : Dot(s[pairs[^1]], y[pairs[^1]]) / Dot(y[pairs[^1]], y[pairs[^1]]);
        }

        foreach (var p in pairs)
        {
            var rho = 1 / Dot(s[p], y[p]);
            double Left(int i, int j) => (i == j ? 1 : 0) - (rho * s[p][i] * y[p][j]);
            var next = h.Select(row => new double[n]).ToArray();
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j < n; j++)
                {
                    next[i][j] = rho * s[p][i] * s[p][j];
                    for (var k = 0; k < n; k++)
                    {
                        for (var l = 0; l < n; l++)
                        {
                            next[i][j] += Left(i, k) * h[k][l] * Left(j, l);
                        }
                    }
                }
            }

            h = next;
        }

        var gradient = Vector();
        var direction = (double[])gradient.Clone();
        Assert.Equal(pairs.Length > 0, Lbfgs.Direction(new History(s, y), direction));
        for (var i = 0; i < n; i++)
        {
            var expected = -Dot(h[i], gradient);
            Assert.InRange(direction[i], expected - (1e-7 * (1 + Math.Abs(expected))), expected + (1e-7 * (1 + Math.Abs(expected))));
        }
    });

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData((2 * BlockPlan.BlockSize) + 5)]
    public void A_dot_product_is_the_sum_of_products(int n)
    {
        var random = new Random(n);
        float[] a = [.. Enumerable.Range(0, n).Select(_ => random.NextSingle() - 0.5f)];
        double[] b = [.. Enumerable.Range(0, n).Select(_ => random.NextDouble() - 0.5)];
        Assert.Equal((double)a.Zip(b, (x, y) => (decimal)(double)x * (decimal)y).Sum(), FixedDot.Of<float, double>(a, b), 1e-10);
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
