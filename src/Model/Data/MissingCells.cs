using System.Globalization;
using System.Text;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Which cells of a table have no value, and what becomes of a feature's.</summary>
internal sealed class MissingCells
{
    private readonly HashSet<string> _spellings;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _texts;
    private readonly double[] _numbers;
    private readonly int _longest;
    private readonly IReadOnlyList<string> _given;

    /// <param name="data">How they are spelt.</param>
    public MissingCells(DataSection data)
    {
        AreFilled = data.Missing == MissingValues.Mean;
        _given = data.MissingSpellings;
        _spellings = new HashSet<string>(data.MissingSpellings.Select(s => s.Trim()), StringComparer.Ordinal) { "" };
        _texts = _spellings.GetAlternateLookup<ReadOnlySpan<char>>();
        _longest = _spellings.Max(s => s.Length);
        _numbers = [.. _spellings.Select(s => LabelNumber.Parse(s)).OfType<LabelNumber>().Select(n => n.ToDouble()).Where(double.IsFinite)];
        AnyNaN = _spellings.Any(s => s.Equals("nan", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Whether they are filled in, or refused.</summary>
    public bool AreFilled { get; }

    /// <summary>Whether numbers stand for a missing value.</summary>
    public bool AnyNumber => _numbers.Length > 0;

    /// <summary>Whether NaN does.</summary>
    public bool AnyNaN { get; }

    /// <summary>Whether a trimmed cell has no value.</summary>
    public bool Has(ReadOnlySpan<char> text) => text.Length <= _longest && _texts.Contains(text);

    /// <summary>Whether a trimmed label stands for a missing one. Numbers that do so among features are labels like any others: -1 is a usual class.</summary>
    public bool HasLabel(ReadOnlySpan<char> text) => Has(text) && LabelNumber.Parse(text) is null;

    /// <summary>Whether a trimmed cell stands for a missing value, as a text or as a number.</summary>
    public bool Stands(string text) => Has(text) || (AnyNumber && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Has(number));

    /// <summary>Whether a row with this trimmed label has none.</summary>
    public bool IsNoLabel(string text) => text.Length == 0 || HasLabel(text);

    /// <summary>What is said of a column without a label in some rows: "column 'y' is empty: every row needs a label. ...", with the remedy.</summary>
    /// <param name="place">The column, and what more there is to be said of where it is: "column 'y'".</param>
    /// <param name="text">What the first of these rows has in the label's place.</param>
    /// <param name="within">Where in the column that is: " in row 3 of the group"; empty: the message says so otherwise.</param>
    /// <param name="rows">"5 rows, of which this is the first, have"; null: there is no other.</param>
    public string NoLabel(string place, string text, string within, string? rows)
    {
        var needs = $"every row needs a label{(rows is null ? ": leave this row out, or give it one" : $", and {rows} none: leave these rows out, or give each one")}.";
        return text.Length == 0 ? $"{place} is empty{within}: {needs}"
            : $"{place} holds '{text}'{within}, which stands for a missing value, but {needs}{IfIts(text, "class")}.";
    }

    /// <summary>" If 'NA' is a class, set data.missingValues to ...": the remedy where a text is meant that stands for a missing value.</summary>
    /// <param name="text">The text.</param>
    /// <param name="what">What it may be.</param>
    public string IfIts(string text, string what) => $" If '{text}' is a {what}, set {MissingSpellings.Without(_given, text)}";

    /// <summary>What data.missingValues has to be for more to stand for a missing value.</summary>
    public string With(params IEnumerable<string> more) => MissingSpellings.With(_given, more);

    /// <summary>Whether a cell, as it stands in the file, has no value.</summary>
    public bool Has(ReadOnlySpan<byte> text)
    {
        // A character takes 3 bytes at most for each of UTF-16's units.
        if (text.Length > 3 * _longest)
        {
            return false;
        }

        Span<char> characters = stackalloc char[text.Length];
        return Encoding.UTF8.TryGetChars(text, characters, out var count) && Has(characters[..count]);
    }

    /// <summary>Whether a number stands for a missing value.</summary>
    public bool Has(double number) => Array.IndexOf(_numbers, number) >= 0;
}
