using System.Globalization;
using Granary.Jobs;

namespace Granary.Client.Display;

/// <summary>The features of a table, a line for each; like ones side by side, such as pixels, have a line together.</summary>
internal static class ColumnTable
{
    private const int ShortestRun = 4;
    private const int MostLines = 60;

    public static string Of(IReadOnlyList<ColumnReport> columns, int? width)
    {
        var lines = Runs(columns, byName: true);
        if (lines.Count > MostLines)
        {
            lines = Runs(columns, byName: false); // whatever they are called
        }

        var isSparse = columns.Any(c => c.Given is not null);
        string[] head = ["feature", "values", ">least", ">greatest", ">mean", isSparse ? ">rows with it" : ">missing", ">different"];
        var table = new TextTable(text: false, head);
        foreach (var line in lines.Take(MostLines))
        {
            table.Add(Row(line));
        }

        var rest = lines.Skip(MostLines).Sum(l => l.Count);
        return table.Text(width)
            + (rest > 0 ? string.Create(CultureInfo.InvariantCulture, $"and {rest:#,0} more: see --json\n") : "");
    }

    // What has a value missing, or one value alone among few columns, keeps a line of its own.
    private static List<List<ColumnReport>> Runs(IReadOnlyList<ColumnReport> columns, bool byName)
    {
        var (lines, run) = (new List<List<ColumnReport>>(), new List<ColumnReport>());
        foreach (var column in columns)
        {
            if (run.Count > 0 && !(column.IsWhole == run[0].IsWhole && column.Kind == run[0].Kind && (column.Kind is null || column.Kind == ColumnKinds.Usual.Name) && column.Missing == 0 && run[0].Missing == 0 && column.Given is null && (!byName || Pattern(column.Name) == Pattern(run[0].Name))))
            {
                Close();
            }

            run.Add(column);
        }

        Close();
        return lines;

        void Close()
        {
            lines.AddRange(run.Count >= ShortestRun ? [run] : run.Select(c => new List<ColumnReport> { c }));
            run = [];
        }
    }

    private static string Pattern(string name) => string.Concat(name.Where(c => !char.IsAsciiDigit(c)));

    private static string[] Row(List<ColumnReport> run)
    {
        var (first, constant) = (run[0], run.Count(c => c.IsConstant));
        return run.Count == 1
            ?
            [
                first.Name.Length == 0 ? "(no name)" : first.Name, Kind(first), Value(first, first.Least), Value(first, first.Greatest), Value(first, first.Mean),
                Count(first.Given ?? first.Missing), first.Distinct is { } distinct ? Count(distinct) : "many",
            ]
            :
            [
                $"{first.Name} ... {run[^1].Name} ({Count(run.Count)})", (first.IsWhole ? "whole" : "numbers") + (constant > 0 ? $", {Count(constant)} constant" : ""),
                Number(run.Min(c => c.Least)), Number(run.Max(c => c.Greatest)), Number(run.Average(c => c.Mean)), "0",
                Different(run),
            ];
    }

    private static string Different(List<ColumnReport> run) => run.Min(c => c.Distinct) is not { } least ? "many"
        : $"{Count(least)} to {(run.TrueForAll(c => c.Distinct is not null) ? Count(run.Max(c => c.Distinct!.Value)) : "many")}";

    private static string Value(ColumnReport column, double? x) => column.Kind is { } kind && ColumnKinds.Of(kind).TakesDates && x is { } days
        ? DateTime.UnixEpoch.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        : Number(x);

    private static string Kind(ColumnReport column) => column.Kind is { } kind && kind != ColumnKinds.Usual.Name ? kind : column.Least is null ? "none" : column.IsConstant ? "constant" : column.IsWhole ? "whole" : "numbers";

    private static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Number(double? x) => x is { } value ? ColumnReport.Number(value) : "-";
}
