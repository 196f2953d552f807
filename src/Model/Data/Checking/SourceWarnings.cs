using Granary.Jobs;

namespace Granary.Model.Data.Checking;

/// <summary>What of a source, of its files, columns and words, is not read.</summary>
internal static class SourceWarnings
{
    /// <summary>All of them.</summary>
    public static IEnumerable<JobWarning> Of(Job job, IReadOnlyList<ShardSurvey> surveys, DataReport report)
    {
        foreach (var (key, path) in Sources(job.Data))
        {
            if (DataFiles.LeftOut(path) is { Count: > 0 } hidden)
            {
                yield return new JobWarning("hidden-files", $"{DataFiles.NameOf(path)}: {UnreadData.Hidden(path, hidden)} To read one alone, name it in {key}; to read it with the others, rename it or its folder.");
            }

            if (FormatKinds.Of(job.Data.Format).HasColumns == true && DataFiles.PartitionColumns(path) is { Count: > 0 } columns)
            {
                yield return new JobWarning("partition-columns", $"{DataFiles.NameOf(path)}: {UnreadData.Partitions(columns)} Write the data without partitions, if it is a feature or the label.");
            }
        }

        var source = DataFiles.NameOf(job.Data.Path);
        if (surveys.Any(s => s.HasQueries))
        {
            yield return new JobWarning("queries-ignored", $"{source}: the rows have numbers of queries (qid), as files for ranking do: they are passed over, and "
                + $"each label is trained as a {(job.Data.HasNumbers ? "number" : "class")}.");
        }

        if (report.LeftOut.Count > 0)
        {
            yield return new JobWarning("index-column", $"{source}: {string.Join(", ", report.LeftOut.Select(Column))} {(report.LeftOut.Count == 1 ? "is" : "are")} left out. "
                + $"To read {(report.LeftOut.Count == 1 ? "it as a feature, give it" : "them as features, give them")} {(report.LeftOut is [""] ? "a" : "another")} name; to silence this warning, set data.ignore to "
                + $"[{string.Join(", ", report.LeftOut.Select(c => $"\"{c}\""))}].");
        }
    }

    private static string Column(string name) => name.Length == 0 ? "the first column, which has no name," : $"column '{name}'";

    private static IEnumerable<(string Key, string Path)> Sources(DataSection data) =>
        data.Validation.Path is { } path ? [("data.path", data.Path), ("data.validation.path", path)] : [("data.path", data.Path)];
}
