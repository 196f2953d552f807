using System.Globalization;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>What is said of a cell that cannot be used, and of how many rows have such a one.</summary>
/// <param name="missing">Which cells have no value.</param>
/// <param name="search">Finds the rows of the source whose cell in a column is meant; null: no others are looked for.</param>
internal sealed class CsvRefusals(MissingCells missing, Func<string, Func<string, bool>, FoundRows?>? search = null)
{
    /// <summary>Of a label's cell, in the present row.</summary>
    public JobException OfLabel(CsvRows rows, string column, string text)
    {
        var all = Several(column, missing.IsNoLabel);
        return new JobException($"{all?.First ?? rows.Place}: {missing.NoLabel($"column '{column}'", all?.Label ?? text, "", all?.Have)}");
    }

    /// <summary>Of a feature's cell.</summary>
    /// <param name="place">File and line.</param>
    /// <param name="column">The column.</param>
    /// <param name="text">The cell.</param>
    public JobException OfFeature(string place, string column, string text)
    {
        if (missing.Stands(text))
        {
            var gaps = Several(column, missing.Stands);
            var first = gaps?.Label ?? text;
            return Error(gaps, $"column '{column}' {(first.Length == 0 ? "is empty" : $"holds '{first}'")}: fill it in, leave the row out, "
                + $"or set data.missing to mean{(gaps is null ? "" : $": {gaps.Have} no value there")}.");
        }

        var isNumber = Parses(text);
        var all = Several(column, t => Parses(t) == isNumber && !missing.Stands(t) && !IsFinite(t));
        var (cell, have) = (all?.Label ?? text, all is null ? "" : $": {all.Have} such a cell");
        return Error(all, isNumber
            ? $"column '{column}' holds '{cell}', which is not a finite number{have}: fill it in, or leave the row out."
            : $"column '{column}' holds '{cell}', which is not a number{have}. If the column is no feature, name it in data.ignore; if it holds categories or texts, describe it in data.columns; if '{cell}' stands for a missing value, set {missing.With(cell)}.");

        JobException Error(FoundRows? found, string what) => new($"{found?.First ?? place}: {what}");
    }

    // Null where one row alone has such a cell.
    private FoundRows? Several(string column, Func<string, bool> isMeant) =>
        search?.Invoke(column, isMeant) is { } found && (found.Count > 1 || !found.IsAll) ? found : null;

    private static bool Parses(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static bool IsFinite(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value);
}
