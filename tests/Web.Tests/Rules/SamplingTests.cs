using CsCheck;
using Granary.Contracts;
using Granary.Web.Series;

namespace Granary.Web.Tests.Rules;

public sealed class SamplingTests
{
    private static readonly Gen<MetricPoint[]> Curves = Gen.Select(
        Gen.Frequency((20, Gen.Double[0, 10]), (1, Gen.Const(double.NaN)), (1, Gen.Const(double.PositiveInfinity))), Gen.Bool, Gen.Double[0, 5]).Array[0, 400]
        .Select(rows => rows.Select((r, i) => Point(i + 1, r.Item1, r.Item2 ? r.Item3 : null)).ToArray());

    private static MetricPoint Point(long step, double loss, double? held = null) => new(step, 0, loss, null, held, null, step * 0.1);

    private static IReadOnlyList<MetricPoint> Few(MetricPoint[] points, int most) => [.. Sampling.Of(points, most).Select(i => points[i])];

    [Fact]
    public void There_are_never_more_than_asked_for_and_they_are_some_of_the_points_in_their_order() =>
        Gen.Select(Curves, Gen.Int[Sampling.Least, 200]).Sample((points, most) =>
        {
            var few = Few(points, most);
            Assert.True(few.Count <= most);
            Assert.Equal(points.Length <= most ? points : points.Where(few.Contains), few);
        });

    [Fact]
    public void The_ends_the_extremes_and_the_best_evaluation_are_kept() => Gen.Select(Curves, Gen.Int[Sampling.Least, 200]).Sample((points, most) =>
    {
        var few = Few(points, most);
        if (points.Length < 3)
        {
            Assert.Equal(points, few);
            return;
        }

        Assert.Equal((points[0], points[^1]), (few[0], few[^1]));
        var inner = points[1..^1];
        if (inner.All(p => double.IsFinite(p.Loss)))
        {
            Assert.Contains(few, p => p.Loss == inner.Min(i => i.Loss));
            Assert.Contains(few, p => p.Loss == inner.Max(i => i.Loss));
        }
        else
        {
            Assert.Contains(few, p => !double.IsFinite(p.Loss)); // that it has diverged is seen
        }

        if (inner.Min(p => p.ValidationLoss) is { } best)
        {
            Assert.Contains(few, p => p.ValidationLoss == best);
        }
    });

    [Fact]
    public void A_single_peak_is_seen_at_any_size()
    {
        MetricPoint[] points = [.. Enumerable.Range(1, 100_000).Select(i => Point(i, i == 54_321 ? 99 : 1))];
        foreach (var most in new[] { 10, 100, 1000 })
        {
            Assert.Contains(Few(points, most), p => p is { Step: 54_321, Loss: 99 });
        }
    }
}
