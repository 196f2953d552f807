using Granary.Jobs;

namespace Granary.Model.Data.Checking;

/// <summary>What is doubtful about which files, and what of them, a source's reading has taken.</summary>
internal static class SourceWarnings
{
    private const int NamesInMessage = 5;

    /// <summary>All of them.</summary>
    public static IEnumerable<JobWarning> Of(Job job, IReadOnlyList<ShardSurvey> surveys)
    {
        foreach (var path in new[] { job.Data.Path, job.Data.Validation.Path }.OfType<string>())
        {
            if (DataFiles.LeftOut(path) is { Count: > 0 } hidden)
            {
                var names = string.Join(", ", hidden.Take(NamesInMessage).Select(Path.GetFileName)) + (hidden.Count > NamesInMessage ? $" and {hidden.Count - NamesInMessage} more" : "");
                yield return new JobWarning("hidden-files", $"{path}: hidden files are not read: {names}. Names that begin with '.' or '_', and backups that end with '~', are no data, "
                    + "nor is what lies in such folders, unless the pattern for them begins (or ends) so.");
            }

            if (job.Data.Format is DataFormat.Csv or DataFormat.Parquet && DataFiles.PartitionColumns(path) is { Count: > 0 } columns)
            {
                yield return new JobWarning("partition-columns", $"{path}: {string.Join(", ", columns.Select(c => $"'{c}'"))} stands in names of folders and not in the files, and is not "
                    + "read. Write the data without partitions, if it is a feature or the label.");
            }
        }

        if (surveys.Any(s => s.HasQueries))
        {
            yield return new JobWarning("queries-ignored", $"{Path.GetFileName(job.Data.Path)}: the rows have numbers of queries (qid), as files for ranking do: they are passed over, and "
                + "each label is trained as a class.");
        }
    }
}
