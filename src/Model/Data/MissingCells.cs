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

    /// <summary>What is said of such a label.</summary>
    public string NoLabel(string text) =>
        $"which stands for a missing value, but every row needs a label: give it one, or leave the row out. If '{text}' is a class, set data.missingValues to a list without it: "
        + MissingSpellings.List(_given.Where(s => s.Trim() != text.Trim()));

    /// <summary>What data.missingValues has to be for more to stand for a missing value: the whole list, as it replaces the usual one.</summary>
    public string With(params IEnumerable<string> more) => $"data.missingValues to {MissingSpellings.List(_given.Concat(more))} (the list replaces the usual one)";

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
