using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Guesses at what is wrong with a header that lacks a column, each a sentence behind a space; empty where nothing is seen.</summary>
internal static class HeaderHints
{
    private const int NamesInMessage = 20;
    private const string Delimiters = "\t;|,";

    /// <summary>" Did you mean 'kind'?"</summary>
    /// <param name="wanted">The column that is not there.</param>
    /// <param name="names">Those that may be meant.</param>
    public static string Near(string wanted, IReadOnlyList<string> names) => To(wanted, names) is { } near ? $" Did you mean '{near}'?" : "";

    /// <summary>" Rename 'too' to 'two', if it is that."</summary>
    /// <inheritdoc cref="Near" path="/param"/>
    public static string Rename(string wanted, IReadOnlyList<string> names) => To(wanted, names) is { } near ? $" Rename '{near}' to '{wanted}', if it is that." : "";

    // A name alone may be a line that is not parted, and numbers may be the first row of the data.
    private static string? To(string wanted, IReadOnlyList<string> names) => names.Count > 1 || !names.Any(n => n.AsSpan().ContainsAny(Delimiters))
        ? Nearest.To(wanted, LabelNumber.Parse(wanted) is null ? [.. names.Where(n => LabelNumber.Parse(n) is null)] : names)
        : null;

    /// <summary>"The columns are: a, b.", of very many the first ones.</summary>
    public static string Columns(IReadOnlyList<string> names) =>
        $"The columns are: {string.Join(", ", names.Take(NamesInMessage))}{(names.Count > NamesInMessage ? $" and {names.Count - NamesInMessage} more" : "")}.";

    /// <summary>What a job's file may have in the place of a header: cells parted by another character, or the first row of the data.</summary>
    /// <param name="names">The header's cells.</param>
    /// <param name="delimiter">What is taken to stand between them; null: the format has names of its own.</param>
    public static string OfJob(string[] names, string? delimiter) => Of(names, delimiter, found => $"set data.delimiter to \"{(found == '\t' ? "\\t" : found)}\"");

    /// <summary>The same of a file that must be as others are.</summary>
    /// <inheritdoc cref="OfJob" path="/param"/>
    public static string OfFile(string[] names, string? delimiter) => Of(names, delimiter, _ => $"write {(delimiter == "\t" ? "tabs" : $"'{delimiter}'")} between its cells");

    private static string Of(string[] names, string? delimiter, Func<char, string> remedy)
    {
        if (delimiter is null)
        {
            return "";
        }

        var other = names.Length == 1 ? Delimiters.Where(d => d != delimiter[0]).MaxBy(d => names[0].Count(c => c == d)) : ' ';
        var isOther = other != ' ' && names[0].Contains(other, StringComparison.Ordinal);
        return (isOther ? $" There is one column, and it holds {(other == '\t' ? "tabs" : $"'{other}'")}: {remedy(other)}." : "")
            + (AreData(isOther ? names[0].Split(other) : names) ? " The first row looks like data: the file needs a header row, which names the columns." : "");
    }

    // Numbers are half of the cells or more. Those that count on (pixels 0, 1, 2; years) may be names.
    private static bool AreData(string[] names)
    {
        LabelNumber[] numbers = [.. names.Select(n => LabelNumber.Parse(n)).OfType<LabelNumber>()];
        var countsOn = numbers.Length > 1 && numbers.All(n => n.IsWhole) && numbers.Zip(numbers.Skip(1)).All(p => p.Second.ToDouble() - p.First.ToDouble() == 1);
        return numbers.Length * 2 >= names.Length && !countsOn;
    }
}
