using Granary.Jobs;

namespace Granary.Model.Data.Checking;

/// <summary>What is doubtful about data that can be read.</summary>
internal static class DataWarnings
{
    private const int NamesInMessage = 5;
    private const int FewRows = 20; // below it anything may look like a rule
    private const int FewFeatures = 32; // constant ones are usual among many: pixels, words, one of many

    /// <summary>All of them.</summary>
    /// <param name="job">The job.</param>
    /// <param name="surveys">What the shards found.</param>
    /// <param name="report">What was guessed.</param>
    /// <param name="columns">The features.</param>
    /// <param name="features">What they are like; null for text, and for LIBSVM data of many features.</param>
    public static IReadOnlyList<JobWarning> Of(
        Job job, IReadOnlyList<ShardSurvey> surveys, DataReport report, IReadOnlyList<ColumnReport> columns, FeatureScan? features)
    {
        var source = Path.GetFileName(job.Data.Path);
        return job.Data.IsText ? [] : [.. LeftOut(source, report), .. Labels(job, source, surveys, report), .. Features(source, columns, features), .. Gaps(job, source, report, columns, features)];
    }

    private static IEnumerable<JobWarning> LeftOut(string source, DataReport report) => report.LeftOut.Count == 0 ? [] :
    [
        new JobWarning("index-column", $"{source}: {string.Join(", ", report.LeftOut.Select(Column))} {(report.LeftOut.Count == 1 ? "is" : "are")} left out. "
            + $"To read {(report.LeftOut.Count == 1 ? "it as a feature, give it" : "them as features, give them")} {(report.LeftOut is [""] ? "a" : "another")} name; to silence this warning, set data.ignore to "
            + $"[{string.Join(", ", report.LeftOut.Select(c => $"\"{c}\""))}]."),
    ];

    private static string Column(string name) => name.Length == 0 ? "the first column, which has no name," : $"column '{name}'";

    private static IEnumerable<JobWarning> Labels(Job job, string source, IReadOnlyList<ShardSurvey> surveys, DataReport report)
    {
        var classes = ClassNames.Of([.. surveys.SelectMany(s => s.Classes).Distinct()]);
        var rows = surveys.Sum(s => s.Rows);
        if (classes.Merged.Count > 0)
        {
            yield return new JobWarning("label-spellings", $"{source}: the labels {List(classes.Merged[0].Select(Quoted))} are one number, and so one class"
                + $"{(classes.Merged.Count > 1 ? $"; {classes.Merged.Count - 1} more classes are spelt in several ways" : "")}. If they are to be several, give them names that are no numbers.");
        }

        // The labels of an IDX file are ids of classes.
        if (job.Data.Target == LabelTarget.Auto && !FormatKinds.Of(job.Data.Format).LabelsAreIds && TargetRule.Of(classes, rows) == TargetKind.Doubtful)
        {
            yield return new JobWarning("continuous-target", $"{source}: the label has {TargetRule.Describe(classes, rows)}, each of which is trained as a class of its own. "
                + "If it is a quantity, set data.target to number and train a regression, or put its values into a few ranges; if these are classes, set data.target to classes, which silences this.");
        }

        foreach (var alike in report.Classes.GroupBy(c => c.Name.ToUpperInvariant()).Where(g => g.Count() > 1).Take(1))
        {
            yield return new JobWarning("label-case", $"{source}: the labels {List(alike.Select(c => Quoted(c.Name)))} differ in upper and lower case alone, and are classes of their own.");
        }

        if (rows > FewRows && report.Classes.Where(c => c.Training + c.HeldOut == 1).Select(c => Quoted(c.Name)).ToArray() is { Length: > 0 } single)
        {
            yield return new JobWarning("rare-label", $"{source}: {(single.Length == 1 ? "the label" : "the labels")} {List(single)} {(single.Length == 1 ? "has" : "have")} one row alone"
                + ". Misspelt, or too rare to be learned.");
        }
    }

    private static IEnumerable<JobWarning> Features(string source, IReadOnlyList<ColumnReport> columns, FeatureScan? features)
    {
        if (features is null || features.Rows <= FewRows)
        {
            yield break;
        }

        if (Named(columns, features.Rises) is { Length: > 0 } rising)
        {
            yield return new JobWarning("row-number", $"{source}: {Columns(rising)} {(rising.Length == 1 ? "holds" : "hold")} whole numbers that rise from row to row: a row's number, an id or a time? "
                + "With rows sorted by label it gives the label away, and on new rows it means nothing. If it is no feature, name it in data.ignore.");
        }

        if (Named(columns, features.TellsTheClass) is { Length: > 0 } telling)
        {
            yield return new JobWarning("label-leak", $"{source}: {Columns(telling)} {(telling.Length == 1 ? "has" : "have")} one value for each label and no other: the label itself in another form? "
                + "If it is not known before the label is, name it in data.ignore.");
        }

        if (columns.Count <= FewFeatures && Named(columns, f => columns[f].IsConstant && columns[f].Missing == 0) is { Length: > 0 } constant)
        {
            yield return new JobWarning("constant-column", $"{source}: {Columns(constant)} {(constant.Length == 1 ? "has" : "have")} the same value in every row: nothing can be learned from it.");
        }
    }

    private static IEnumerable<JobWarning> Gaps(Job job, string source, DataReport report, IReadOnlyList<ColumnReport> columns, FeatureScan? features)
    {
        if (features is null || features.Rows <= FewRows || !FormatKinds.Of(job.Data.Format).Takes("missing"))
        {
            yield break; // nothing can be missing
        }

        var codes = Found(columns, features.Code);
        if (codes.Count > 0)
        {
            // One list for all: it is pasted as a whole.
            var all = codes.Select(c => ColumnReport.Number(c.What.Value)).Distinct();
            yield return new JobWarning("missing-code", $"{source}: {(codes.Count == 1 ? "a code for a missing value" : "codes for missing values")}? "
                + $"{(codes.Count == 1 ? "Column" : "Columns")} {List(codes.Select(c => Said(c.Column, c.What)))}. If so, set {new MissingCells(job.Data).With(all)}"
                + $"{(job.Data.Missing == MissingValues.Mean ? "" : " and data.missing to mean")}.");
        }

        var empty = columns.Where(c => c.Missing * 4 >= features.Rows).ToArray();
        if (empty.Length > 0)
        {
            yield return new JobWarning("missing-values", FormattableString.Invariant($"{source}: {Columns([.. empty.Select(c => Quoted(c.Name))])} {(empty.Length == 1 ? "has" : "have")} no value in ")
                + (empty.Length == 1 ? FormattableString.Invariant($"{empty[0].Missing:#,0} of {features.Rows:#,0} rows") : "a quarter of the rows or more")
                + $": the mean of the others is filled in. If too few rows have {(empty.Length == 1 ? "it, name it" : "them, name them")} in data.ignore.");
        }

        var leaks = Found(columns, f => ClassGaps.Of(features.Gaps(f), columns.Count));
        foreach (var (column, gaps) in leaks.Take(NamesInMessage))
        {
            yield return new JobWarning("missing-by-label", FormattableString.Invariant($"{source}: column '{column.Name}' has no value in {gaps.Missing:#,0} of {gaps.Rows:#,0} rows of label ")
                + FormattableString.Invariant($"'{report.Classes[gaps.Class].Name}', and in {gaps.OthersMissing:#,0} of {gaps.OthersRows:#,0} of the others: the gaps say the label. ")
                + $"If they will not do so in new data, name the column in data.ignore{More(leaks.Count)}");
        }
    }

    private static string Said(ColumnReport column, MissingCode code) =>
        $"'{column.Name}' ({ColumnReport.Number(code.Value)} in {Plural.Of(code.Rows, "row")}; the next value is {ColumnReport.Number(code.Next)})";

    private static List<(ColumnReport Column, T What)> Found<T>(IReadOnlyList<ColumnReport> columns, Func<int, T?> find)
        where T : class => [.. columns.Select((c, f) => (c, find(f))).Where(c => c.Item2 is not null).Select(c => (c.c, c.Item2!))];

    // Behind each of the warnings that there is room for.
    private static string More(int count) => count > NamesInMessage ? $" (so for {count} columns, of which {NamesInMessage} are named)." : ".";

    private static string[] Named(IReadOnlyList<ColumnReport> columns, Func<int, bool> which) =>
        [.. Enumerable.Range(0, columns.Count).Where(which).Select(f => Quoted(columns[f].Name))];

    private static string Columns(string[] names) => $"{(names.Length == 1 ? "column" : "columns")} {List(names)}";

    private static string Quoted(string name) => $"'{name}'";

    private static string List(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return string.Join(", ", all.Take(NamesInMessage)) + (all.Length > NamesInMessage ? $" and {all.Length - NamesInMessage} more" : "");
    }
}
