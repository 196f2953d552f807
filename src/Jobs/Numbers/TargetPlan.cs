using System.Globalization;

namespace Granary.Jobs;

/// <summary>What the shards agree on about a target that is a number.</summary>
public static class TargetPlan
{
    /// <summary>Refuses targets that nothing can be learned from.</summary>
    /// <param name="job">The job.</param>
    /// <param name="surveys">One per shard, in shard order.</param>
    /// <param name="source">The source's name, for messages.</param>
    /// <exception cref="JobException">They are all the same, or one lies where the loss has no meaning.</exception>
    public static void Check(Job job, IReadOnlyList<ShardSurvey> surveys, string source)
    {
        var range = TargetRange.Of(surveys.Select(s => s.Target))!;
        if (range.Least == range.Greatest)
        {
            throw Constant(job, source, range.Least);
        }

        if (job.Model.Precision == Precision.Float32 && !job.Data.StandardizeTarget && Math.Max(-range.Least, range.Greatest) > float.MaxValue)
        {
            throw new JobException($"{source}: {Called(job.Data)} goes beyond what float32 can hold, up to {Text(Math.Max(-range.Least, range.Greatest))}. "
                + "Set data.standardizeTarget to true, or model.precision to float64.");
        }

        var held = TargetRange.Of(surveys.Select(s => s.ValidationTarget));
        foreach (var (name, found) in new[] { (source, range), (DataFiles.NameOf(job.Data.Validation.Path ?? job.Data.Path), held) })
        {
            if (job.Model.Loss == Loss.Poisson && found?.Least < 0)
            {
                throw new JobException($"{name}: {Called(job.Data)} is {Text(found.Least)} somewhere, but model.loss is poisson, which is for counts: 0 or more. "
                    + "Correct the value, or choose another model.loss.");
            }
        }
    }

    /// <summary>Merges the shards' moments along the sum tree.</summary>
    /// <param name="job">The job.</param>
    /// <param name="moments">Of each shard's training targets, in shard order.</param>
    /// <exception cref="JobException">They are all the same.</exception>
    public static TargetScaling Scaling(Job job, IReadOnlyList<FeatureMoments> moments)
    {
        var all = FeaturePlan.Merge(moments);
        var (mean, deviation) = (all.Mean[0], FeaturePlan.Deviation(all.SquaredDeviations[0] / all.Counts[0], all.Mean[0]));
        return deviation > 0 && double.IsFinite(deviation) ? new TargetScaling(mean, deviation)
            : double.IsFinite(mean) && all.SquaredDeviations[0] > 0 && deviation == 0
                ? throw new JobException($"{DataFiles.NameOf(job.Data.Path)}: the values of {Called(job.Data)} differ by less than numbers of their size can tell apart: subtract a constant from them.")
            : double.IsFinite(mean) && deviation == 0 ? throw Constant(job, $"the training part of {DataFiles.NameOf(job.Data.Path)}", mean)
            : throw new JobException($"{DataFiles.NameOf(job.Data.Path)}: the values of {Called(job.Data)} are too large to be standardised: give them in other units.");
    }

    private static JobException Constant(Job job, string source, double value) =>
        new($"{source}: {Called(job.Data)} is {Text(value)} in every row: there is nothing to learn. Choose another {(job.Data.Label is null ? "file" : "data.label")}.");

    private static string Called(DataSection data) => data.Label is { } name ? $"the target '{name}'" : "the target";

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
