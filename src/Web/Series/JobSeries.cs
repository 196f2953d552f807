using Granary.Contracts;
using Granary.Jobs;
using Granary.Web.Api;

namespace Granary.Web.Series;

/// <summary>A job's figures by column, from what its coordinator has recorded: nothing is measured for it.</summary>
internal static class JobSeries
{
    /// <summary>Makes it.</summary>
    /// <param name="status">The job, with all of its points.</param>
    /// <param name="job">The job file.</param>
    /// <param name="most">Points at most.</param>
    /// <param name="from">First step.</param>
    /// <param name="to">Last step.</param>
    public static SeriesDocument Of(JobStatus status, Job job, int most, long from, long to)
    {
        MetricPoint[] range = [.. status.Points.Where(p => p.Step >= from && p.Step <= to)];
        var speeds = ExampleRates.Of(range, (double)status.Examples / status.Step); // over all points, before some are left out
        var kept = Sampling.Of(range, most);
        MetricPoint[] points = [.. kept.Select(i => range[i])];
        return new SeriesDocument(
            status.JobId,
            status.Generation,
            range.Length,
            [.. points.Select(p => p.Step)],
            [.. points.Select(p => p.Epoch)],
            [.. points.Select(p => p.Seconds)],
            [.. points.Select(p => p.Loss)],
            [.. points.Select(p => p.EpochLoss)],
            [.. points.Select(p => p.ValidationLoss)],
            [.. points.Select(p => p.ValidationAccuracy)],
            [.. points.Select(p => Rate(p, job, status.StepsPerEpoch))],
            [.. points.Select(p => p.GradientNorm)],
            [.. kept.Select(i => speeds[i])],
            [.. points.Select(p => p.ValidationNumbers?.Rmse)]);
    }

    // A point is taken after its step, and the learning rate belongs to the step before.
    private static double? Rate(MetricPoint point, Job job, long stepsPerEpoch) =>
        job.Training.Optimizer.Kind == OptimizerKind.Lbfgs || stepsPerEpoch == 0 || point.Step == 0 ? null : LearningRate.At(job.Training, point.Step - 1, stepsPerEpoch);
}
