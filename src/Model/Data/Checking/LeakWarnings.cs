using Granary.Jobs;

namespace Granary.Model.Data.Checking;

/// <summary>Features that tell the label: a model that learns from them is worth nothing on new data.</summary>
internal static class LeakWarnings
{
    /// <summary>All of them.</summary>
    public static IEnumerable<JobWarning> Of(Job job, DataReport report, IReadOnlyList<ColumnReport> columns, FeatureScan? features) =>
        features is null || features.Rows <= DataWarnings.FewRows ? [] : [.. Values(job, columns, features), .. Gaps(job, report, columns, features), .. Order(job, columns, features)];

    private static IEnumerable<JobWarning> Values(Job job, IReadOnlyList<ColumnReport> columns, FeatureScan features)
    {
        if (WarningText.Named(columns, features.TellsTheClass) is { Length: > 0 } telling)
        {
            var (has, it) = telling.Length == 1 ? ("has", "it is") : ("have", "they are");
            yield return new JobWarning("label-leak", $"{DataFiles.NameOf(job.Data.Path)}: {WarningText.Columns(telling)} {has} one value for each label and no other, so {it} probably the label "
                + $"itself in another form. If {it} not known before the label is, name {(telling.Length == 1 ? "it" : "them")} in data.ignore.");
        }
    }

    private static IEnumerable<JobWarning> Gaps(Job job, DataReport report, IReadOnlyList<ColumnReport> columns, FeatureScan features)
    {
        if (!FormatKinds.Of(job.Data.Format).Takes("missing"))
        {
            yield break; // nothing can be missing
        }

        var leaks = WarningText.Found(columns, f => ClassGaps.Of(features.Gaps(f), columns.Count));
        foreach (var (column, gaps) in leaks.Take(WarningText.MostNames))
        {
            yield return new JobWarning("missing-by-label", FormattableString.Invariant($"{DataFiles.NameOf(job.Data.Path)}: column '{column.Name}' has no value in {gaps.Missing:#,0} of {gaps.Rows:#,0} rows of label ")
                + FormattableString.Invariant($"'{report.Classes[gaps.Class].Name}', and in {gaps.OthersMissing:#,0} of {gaps.OthersRows:#,0} of the others: which rows have gaps tells the label. ")
                + $"If it will not do so in new data, name the column in data.ignore{More(leaks.Count)}");
        }
    }

    // Behind each of the warnings that there is room for.
    private static string More(int count) => count > WarningText.MostNames ? $" (so for {count} columns, of which {WarningText.MostNames} are named)." : ".";

    private static IEnumerable<JobWarning> Order(Job job, IReadOnlyList<ColumnReport> columns, FeatureScan features)
    {
        if (WarningText.Named(columns, features.Rises) is { Length: > 0 } rising)
        {
            yield return new JobWarning("row-number", $"{DataFiles.NameOf(job.Data.Path)}: {WarningText.Columns(rising)} {(rising.Length == 1 ? "holds" : "hold")} whole numbers that rise from row to row, "
                + "probably a row's number, an id or a time. With rows sorted by label it gives the label away, and on new rows it means nothing. If it is no feature, name it in data.ignore.");
        }
    }
}
