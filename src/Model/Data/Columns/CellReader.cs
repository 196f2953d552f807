using System.Globalization;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Reads the cells of one column that a job describes, and says what is wrong with one.</summary>
/// <param name="name">The column.</param>
/// <param name="section">What it is, every default filled in.</param>
/// <param name="missing">Which cells have no value.</param>
internal sealed class CellReader(string name, ColumnSection section, MissingCells missing)
{
    private readonly ColumnKind _kind = ColumnKinds.Of(section.Kind);

    /// <summary>A reader for each column of a table.</summary>
    /// <param name="names">The columns.</param>
    /// <param name="sections">What they are.</param>
    /// <param name="data">Which cells have no value.</param>
    public static CellReader[] Of(IReadOnlyList<string> names, IReadOnlyList<ColumnSection> sections, DataSection data)
    {
        var missing = new MissingCells(data);
        return [.. names.Zip(sections, (name, section) => new CellReader(name, section, missing))];
    }

    /// <summary>Whether cells are texts, and not numbers.</summary>
    public bool IsText => _kind.IsText;

    /// <summary>Whether a file's numbers are taken as they are.</summary>
    public bool TakesNumbers => _kind == ColumnKinds.Usual;

    /// <summary>Whether a file's dates are, as days.</summary>
    public bool TakesDates => _kind.TakesDates;

    /// <summary>The number of a cell; NaN where it is missing and may be.</summary>
    /// <param name="text">The cell, trimmed.</param>
    /// <param name="error">An error at the cell.</param>
    public double Number(ReadOnlySpan<char> text, Func<string, JobException> error) =>
        _kind.TryParse(section, text, out var value) && !(missing.AnyNumber && IsMissing(text)) ? value
        : IsMissing(text) ? Missing(text, error)
        : throw error($"column '{name}' holds '{text}', which is not {_kind.Wants(section)}: correct it, or describe the column otherwise in data.columns (categorical takes any text); "
            + $"if '{text}' stands for a missing value, set {missing.With(text.ToString())}");

    /// <summary>A number as it is, out of a file that has numbers; NaN where it is missing and may be.</summary>
    /// <param name="value">The number; null: there is none.</param>
    /// <param name="error">An error at the cell.</param>
    public double Number(double? value, Func<string, JobException> error) => value is not { } x || (double.IsNaN(x) ? missing.AnyNaN : missing.Has(x)) ? Missing("", error)
        : double.IsFinite(x) ? x
        : throw error($"column '{name}' holds {x.ToString(CultureInfo.InvariantCulture)}, which is not a finite number: correct it, or leave the row out");

    /// <summary>The text of a cell; null where it is missing and may be.</summary>
    /// <param name="text">The cell, trimmed.</param>
    /// <param name="error">An error at the cell.</param>
    public string? Text(string text, Func<string, JobException> error)
    {
        if (!IsMissing(text))
        {
            return text;
        }

        Missing(text, error);
        return null;
    }

    /// <summary>A cell's number, or the place of its text; NaN where it is missing and may be. False: there is something to be said of it.</summary>
    /// <param name="text">The cell, trimmed.</param>
    /// <param name="names">Where texts get their places; null where cells are numbers.</param>
    /// <param name="value">What it is.</param>
    public bool TryRead(ReadOnlySpan<char> text, LabelNames? names, out double value)
    {
        if (names is null && _kind.TryParse(section, text, out value) && !(missing.AnyNumber && IsMissing(text)))
        {
            return true;
        }

        var isMissing = IsMissing(text);
        value = names is null || isMissing ? double.NaN : names.Of(text);
        return isMissing ? section.Missing != MissingRule.Refuse : names is not null;
    }

    /// <summary>Whether a text is one as it is: neither missing, nor with a character that has to be looked at more closely.</summary>
    /// <param name="text">The cell, trimmed.</param>
    public bool IsPlain(ReadOnlySpan<char> text) => !text.Contains('\ufffd') && !IsMissing(text);

    private double Missing(ReadOnlySpan<char> text, Func<string, JobException> error) => section.Missing != MissingRule.Refuse
        ? double.NaN
        : throw error($"column '{name}' {(text.IsEmpty ? "is empty" : $"holds '{text}', which stands for a missing value")}: fill it in, leave the row out, "
            + $"or say in data.columns what becomes of it: {name}: {{ kind: {section.Kind}, missing: {string.Join(" or ", _kind.Missings.Where(m => m != MissingRule.Refuse).Select(Kebab.Name))} }}");

    private bool IsMissing(ReadOnlySpan<char> text) =>
        missing.Has(text) || (missing.AnyNumber && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && missing.Has(number));
}
