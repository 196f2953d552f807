using Granary.Contracts;

namespace Granary.Web.Series;

/// <summary>Fewer points that show the same curve. Those between the first and the last are cut into stretches of equal numbers of points, and of
/// each stretch four at most are kept: those of the least and the greatest loss, so that no peak is lost (a loss that is no number counts as the
/// greatest), the one of the least held-out loss, and the last evaluation.</summary>
internal static class Sampling
{
    /// <summary>Fewest points that may be asked for.</summary>
    public const int Least = 10;

    /// <summary>Most points that may be asked for.</summary>
    public const int Most = 10_000;

    private const int OfEachStretch = 4;

    /// <summary>The indices of at most so many of some points, in their order.</summary>
    public static IReadOnlyList<int> Of(IReadOnlyList<MetricPoint> points, int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, Least);
        if (points.Count <= most)
        {
            return [.. Enumerable.Range(0, points.Count)];
        }

        var (inner, stretches) = (points.Count - 2, (most - 2) / OfEachStretch);
        var kept = new SortedSet<int> { 0, points.Count - 1 };
        for (var s = 0; s < stretches; s++)
        {
            Keep(points, 1 + (int)((long)inner * s / stretches), 1 + (int)((long)inner * (s + 1) / stretches), kept);
        }

        return [.. kept];
    }

    private static void Keep(IReadOnlyList<MetricPoint> points, int first, int end, SortedSet<int> kept)
    {
        var (least, greatest, best, last) = (first, first, -1, -1);
        for (var i = first; i < end; i++)
        {
            least = Loss(points[i]) < Loss(points[least]) ? i : least;
            greatest = Loss(points[i]) > Loss(points[greatest]) ? i : greatest;
            if (points[i].ValidationLoss is { } held)
            {
                best = best < 0 || held < points[best].ValidationLoss ? i : best;
                last = i;
            }
        }

        kept.UnionWith(new[] { least, greatest, best, last }.Where(i => i >= 0));
    }

    private static double Loss(MetricPoint point) => double.IsNaN(point.Loss) ? double.PositiveInfinity : point.Loss;
}
