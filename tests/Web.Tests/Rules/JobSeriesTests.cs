using Granary.Contracts;
using Granary.Jobs;
using Granary.Web.Series;

namespace Granary.Web.Tests.Rules;

public sealed class JobSeriesTests
{
    private const int Steps = 1000;
    private const int OfOneReport = 7;

    // Several steps of one report have the same time, and no two reports take equally long.
    private static readonly JobStatus Status = new()
    {
        JobId = "j",
        Name = "j",
        State = JobState.Running,
        Step = Steps,
        Examples = 16 * Steps,
        StepsPerEpoch = 10,
        Points = [.. Enumerable.Range(1, Steps).Select(i => new MetricPoint(i, i / 10, 1.0 / (1 + (i * 37 % 101)), null, null, null, Math.Pow((i - 1) / OfOneReport, 1.5), i % 2 == 0 ? i * 0.5 : null))],
    };

    private static readonly Job Softmax = new(
        1, "j", new ModelSection { Kind = "softmax" }, new DataSection { Format = "csv", Path = "d.csv", Label = "label" }, new TrainingSection { Epochs = 1 });

    [Fact]
    public void Speeds_are_the_same_where_points_are_left_out()
    {
        var all = JobSeries.Of(Status, Softmax, Sampling.Most, 0, long.MaxValue);
        var few = JobSeries.Of(Status, Softmax, 400, 0, long.MaxValue);
        Assert.Equal(Steps, all.Step.Count);
        Assert.InRange(few.Step.Count, 2, 400);
        Assert.Contains(few.ExamplesPerSecond, s => s is not null);
        Assert.Equal(few.Step.Select(s => all.ExamplesPerSecond[(int)s - 1]), few.ExamplesPerSecond);
        Assert.Equal(few.Step.Select(s => s % 2 == 0 ? s * 0.5 : (double?)null), few.GradientNorm);
    }
}
