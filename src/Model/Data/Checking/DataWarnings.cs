using Granary.Jobs;

namespace Granary.Model.Data.Checking;

/// <summary>What is doubtful about data that can be read, the gravest first: features that tell the label, labels that may be wrong, data that is not
/// read, values.</summary>
internal static class DataWarnings
{
    /// <summary>Below so many rows anything may look like a rule.</summary>
    public const int FewRows = 20;

    /// <summary>All of them.</summary>
    /// <param name="job">The job.</param>
    /// <param name="surveys">What the shards found.</param>
    /// <param name="report">What was guessed.</param>
    /// <param name="columns">The features.</param>
    /// <param name="features">What they are like; null for text, and for LIBSVM data of many features.</param>
    public static IReadOnlyList<JobWarning> Of(
        Job job, IReadOnlyList<ShardSurvey> surveys, DataReport report, IReadOnlyList<ColumnReport> columns, FeatureScan? features) => job.Data.IsText
        ? [.. SourceWarnings.Of(job, surveys, report)]
        :
        [
            .. LeakWarnings.Of(job, report, columns, features),
            .. job.Data.IsMultiLabel ? [] : LabelWarnings.Of(job, surveys, report),
            .. SourceWarnings.Of(job, surveys, report),
            .. ValueWarnings.Of(job, surveys, columns, features),
        ];
}
