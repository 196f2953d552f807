using System.Globalization;

namespace Granary.Jobs;

/// <summary>Columns that a job describes and nothing can be learned from.</summary>
internal static class ColumnRefusals
{
    private const int NamesInMessage = 3;

    /// <summary>Refuses a column.</summary>
    /// <param name="data">The job's data section.</param>
    /// <param name="column">The column.</param>
    /// <param name="all">What was found of it over the whole training part.</param>
    public static void Check(DataSection data, FittedColumn column, ColumnFindings all)
    {
        var (name, section) = (column.Name, column.Section);
        if (section.Max is { } max && all.Distinct > max)
        {
            var some = string.Join(", ", all.Categories.Keys.Order(StringComparer.Ordinal).Take(NamesInMessage).Select(c => $"'{c}'"));
            throw new JobException(string.Create(CultureInfo.InvariantCulture, $"column '{name}' has more than {max:#,0} categories ({some}, ...), the most that data.columns.{name} allows (max): ")
                + $"deal them to features by a hash (buckets: 256), set minCount and a greater max, or, if it names rows, put it into data.ignore.");
        }

        // Of columns that nobody has named there is a warning.
        if (data.Columns!.Named.ContainsKey(name) && Constant(column, all) is { } value)
        {
            throw new JobException($"column '{name}' is {value} in every row that is trained on: nothing can be learned from it. Name it in data.ignore, and take it out of data.columns.");
        }
    }

    private static string? Constant(FittedColumn column, ColumnFindings all) => all.Missing > 0 || all.Rows < 2 ? null
        : all.Value is { Least: { } least, Greatest: { } greatest } && least == greatest
            ? column.KindOf.TakesDates ? "the same date" : least.ToString("R", CultureInfo.InvariantCulture)
        : all.Categories.Count == 1 ? $"'{all.Categories.Keys.First()}'"
        : null;
}
