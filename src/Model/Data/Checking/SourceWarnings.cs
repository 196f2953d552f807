using Granary.Jobs;

namespace Granary.Model.Data.Checking;

/// <summary>What is doubtful about which files, and what of them, a source's reading has taken.</summary>
internal static class SourceWarnings
{
    /// <summary>All of them.</summary>
    public static IEnumerable<JobWarning> Of(Job job, IReadOnlyList<ShardSurvey> surveys)
    {
        foreach (var (key, path) in Sources(job.Data))
        {
            if (DataFiles.LeftOut(path) is { Count: > 0 } hidden)
            {
                yield return new JobWarning("hidden-files", $"{path}: {UnreadData.Hidden(path, hidden)} To read one alone, name it in {key}; to read it with the others, rename it or its folder.");
            }

            if (FormatKinds.Of(job.Data.Format).HasColumns == true && DataFiles.PartitionColumns(path) is { Count: > 0 } columns)
            {
                yield return new JobWarning("partition-columns", $"{path}: {UnreadData.Partitions(columns)} Write the data without partitions, if it is a feature or the label.");
            }
        }

        if (surveys.Any(s => s.HasQueries))
        {
            yield return new JobWarning("queries-ignored", $"{Path.GetFileName(job.Data.Path)}: the rows have numbers of queries (qid), as files for ranking do: they are passed over, and "
                + "each label is trained as a class.");
        }
    }

    private static IEnumerable<(string Key, string Path)> Sources(DataSection data) =>
        data.Validation.Path is { } path ? [("data.path", data.Path), ("data.validation.path", path)] : [("data.path", data.Path)];
}
