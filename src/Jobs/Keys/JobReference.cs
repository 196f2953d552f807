using System.Globalization;
using System.Text;

namespace Granary.Jobs;

/// <summary>The tables of docs/reference/job-file.md, one for the file itself and one for each of its sections.</summary>
public static class JobReference
{
    private const string End = "<!-- end of keys -->";

    /// <summary>The page with its tables as the keys are declared now.</summary>
    /// <param name="page">The page, whose tables stand between markers such as <c>&lt;!-- keys of model --&gt;</c> and <c>&lt;!-- end of keys --&gt;</c>.</param>
    /// <exception cref="ArgumentException">A marker is missing.</exception>
    public static string Update(string page)
    {
        foreach (var (name, table) in Tables())
        {
            var marker = $"<!-- keys of {name} -->\n";
            var start = page.IndexOf(marker, StringComparison.Ordinal);
            var end = start < 0 ? -1 : page.IndexOf(End, start, StringComparison.Ordinal);
            page = end < 0
                ? throw new ArgumentException($"the page has no table between '{marker.TrimEnd()}' and '{End}'", nameof(page))
                : $"{page[..(start + marker.Length)]}{table}{page[end..]}";
        }

        return page;
    }

    private static IEnumerable<(string Name, string Table)> Tables()
    {
        var sections = JobKeys.File.Entries.OfType<JobSection>().ToArray();
        yield return ("the file", Table(JobKeys.File.Entries, ""));
        foreach (var section in sections)
        {
            yield return (section.Name, Table(section.All.Where(e => e is not JobSection { Belongs: null, IsThere: null }), $"{section.Path}."));
        }

        yield return ("kinds of columns", Rows("kind | features", ColumnKinds.All.Select(k => new[] { $"`{k.Name}`", k.Doc })));
        yield return ("a column", Rows("key | type and range | default | applies to | meaning", ColumnKeys.All.Select(k =>
            new[] { $"`{k.Name}`", k.Words, k.Default, ColumnKeys.AppliesTo(k), k.Doc })));
    }

    private static string Table(IEnumerable<JobEntry> entries, string prefix)
    {
        var table = new StringBuilder("| key | type and range | default | applies to | meaning |\n| --- | --- | --- | --- | --- |\n");
        foreach (var entry in entries)
        {
            table.Append(CultureInfo.InvariantCulture, $"| `{entry.Path[prefix.Length..]}` | {Type(entry)} | {Default(entry)} | {AppliesTo(entry)} | {Cell(entry.Doc)} |\n");
        }

        return table.ToString();
    }

    private static string Rows(string head, IEnumerable<string[]> rows) =>
        $"| {head} |\n|{string.Concat(Enumerable.Repeat(" --- |", head.Count(c => c == '|') + 1))}\n" + string.Concat(rows.Select(cells => $"| {string.Join(" | ", cells.Select(Cell))} |\n"));

    private static string Type(JobEntry entry) => entry is JobKey key ? Cell(key.TypeWords) : "section";

    private static string Default(JobEntry entry) => entry switch
    {
        JobKey { Required: true, Belongs: { } kinds } => $"required for {kinds.Words}",
        JobKey { Required: true } => "required",
        JobKey key => Cell(key.Default ?? ""),
        { IsRequired: true } => "required",
        JobSection { IsThere: not null } => "none",
        _ => "",
    };

    private static string AppliesTo(JobEntry entry) => string.Join("; ",
        (entry.Belongs is { } kinds ? [kinds.Words] : Enumerable.Empty<string>())
            .Concat(((entry as JobKey)?.OnlyValues ?? []).Select(v => $"{v.When.Words}: {KeyWords.Value(v.Only)} alone")));

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
