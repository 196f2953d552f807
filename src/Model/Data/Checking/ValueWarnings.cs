using Granary.Jobs;

namespace Granary.Model.Data.Checking;

/// <summary>Values that may not mean what they seem to, or are of no use.</summary>
internal static class ValueWarnings
{
    private const int FewFeatures = 32; // constant ones are usual among many: pixels, words, one of many
    private const double ScaledAtMost = 10; // what was scaled by hand, to 0 to 1 or by deviations, is rarely beyond it

    /// <summary>All of them.</summary>
    public static IEnumerable<JobWarning> Of(Job job, IReadOnlyList<ShardSurvey> surveys, IReadOnlyList<ColumnReport> columns, FeatureScan? features)
    {
        var source = DataFiles.NameOf(job.Data.Path);
        return features is null ? []
            : features.Rows <= DataWarnings.FewRows ? [.. Scale(job, source, surveys, columns)]
            : [.. Codes(job, source, columns, features), .. Missing(job, source, columns, features), .. Scale(job, source, surveys, columns), .. Constant(source, columns)];
    }

    private static IEnumerable<JobWarning> Codes(Job job, string source, IReadOnlyList<ColumnReport> columns, FeatureScan features)
    {
        var codes = FormatKinds.Of(job.Data.Format).Takes("missing") ? WarningText.Found(columns, features.Code) : [];
        if (codes.Count > 0)
        {
            // One list for all: a job has one.
            var all = codes.Select(c => ColumnReport.Number(c.What.Value)).Distinct();
            var (column, code) = codes[0];
            yield return new JobWarning("missing-code", $"{source}: "
                + (codes.Count == 1
                    ? $"column '{column.Name}' holds {ColumnReport.Number(code.Value)} in {Plural.Of(code.Rows, "row")}, probably a code for a missing value: the next value is {ColumnReport.Number(code.Next)}. "
                    : $"columns hold numbers that are probably codes for missing values: {WarningText.List(codes.Select(c => Said(c.Column, c.What)))}. ")
                + $"If so, set {(job.Data.Missing == MissingValues.Mean ? "" : "data.missing to mean and ")}{new MissingCells(job.Data).With(all)}.");
        }
    }

    private static string Said(ColumnReport column, MissingCode code) =>
        $"'{column.Name}' ({ColumnReport.Number(code.Value)} in {Plural.Of(code.Rows, "row")}; the next value is {ColumnReport.Number(code.Next)})";

    private static IEnumerable<JobWarning> Missing(Job job, string source, IReadOnlyList<ColumnReport> columns, FeatureScan features)
    {
        var empty = FormatKinds.Of(job.Data.Format).Takes("missing") ? columns.Where(c => c.Missing * 4 >= features.Rows).ToArray() : [];
        if (empty.Length > 0)
        {
            yield return new JobWarning("missing-values", FormattableString.Invariant($"{source}: {WarningText.Columns([.. empty.Select(c => WarningText.Quoted(c.Name))])} {(empty.Length == 1 ? "has" : "have")} no value in ")
                + (empty.Length == 1 ? FormattableString.Invariant($"{empty[0].Missing:#,0} of {features.Rows:#,0} rows") : "a quarter of the rows or more")
                + $": the mean of the others is filled in. If too few rows have {(empty.Length == 1 ? "it, name it" : "them, name them")} in data.ignore.");
        }
    }

    // Bytes are scaled as pixels are; other types are not, which may come unexpected.
    private static IEnumerable<JobWarning> Scale(Job job, string source, IReadOnlyList<ShardSurvey> surveys, IReadOnlyList<ColumnReport> columns)
    {
        var type = surveys.Select(s => s.PixelType).FirstOrDefault(t => t is not null);
        if (type is null || type == Kebab.Name(IdxType.Ubyte) || job.Data.Standardize)
        {
            yield break;
        }

        var (least, greatest) = (columns.Min(c => c.Least), columns.Max(c => c.Greatest));
        if (Math.Max(Math.Abs(least ?? 0), Math.Abs(greatest ?? 0)) > ScaledAtMost)
        {
            yield return new JobWarning("not-scaled", $"{source}: the values are {type}, from {ColumnReport.Number(least!.Value)} to {ColumnReport.Number(greatest!.Value)}, and are not scaled: only ubyte becomes x / 255. "
                + "Set data.standardize to true, or write them scaled.");
        }
    }

    private static IEnumerable<JobWarning> Constant(string source, IReadOnlyList<ColumnReport> columns)
    {
        if (columns.Count <= FewFeatures && WarningText.Named(columns, f => columns[f].IsConstant && columns[f].Missing == 0) is { Length: > 0 } constant)
        {
            yield return new JobWarning("constant-column", $"{source}: {WarningText.Columns(constant)} {(constant.Length == 1 ? "has" : "have")} the same value in every row: nothing can be learned from it.");
        }
    }
}
