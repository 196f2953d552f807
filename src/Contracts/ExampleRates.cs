namespace Granary.Contracts;

/// <summary>How many examples a second a job has trained on, from its points.</summary>
public static class ExampleRates
{
    /// <summary>Each point's rate since the one before; null where nothing is known. Steps are reported several at a time, and those of one
    /// report have the same time: its last point has the figure, over all of them.</summary>
    /// <param name="points">The points, in their order.</param>
    /// <param name="examplesPerStep">Examples of a step: batches differ by one example at the most, so the mean of all is near enough.</param>
    public static double?[] Of(IReadOnlyList<MetricPoint> points, double examplesPerStep)
    {
        var (rates, before) = (new double?[points.Count], -1);
        for (var i = 0; i < points.Count; i++)
        {
            if (i + 1 < points.Count && points[i + 1].Seconds == points[i].Seconds)
            {
                continue;
            }

            if (before >= 0 && points[i].Seconds > points[before].Seconds && points[i].Step > points[before].Step)
            {
                rates[i] = (points[i].Step - points[before].Step) * examplesPerStep / (points[i].Seconds - points[before].Seconds);
            }

            before = i;
        }

        return rates;
    }
}
