using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Says what columns look like, by their first rows: the same rows for every shard, so that all agree. What is missing further down must find a
/// rule too, so that no column refuses it.</summary>
/// <param name="names">The columns.</param>
/// <param name="data">Which cells have no value.</param>
internal sealed class ColumnInference(IReadOnlyList<string> names, DataSection data)
{
    /// <summary>Rows that are looked at.</summary>
    public const int Rows = 1000;

    private const int MostCategories = 100;
    private const int WordsOfTexts = 3;
    private const int Buckets = 256;

    // What is tried, the strictest kind first.
    private static readonly string[] OfNumbers = ["numeric", "boolean", "date"];

    private readonly MissingCells _missing = new(data);
    private readonly List<string>[] _values = [.. names.Select(_ => new List<string>())];

    /// <summary>Looks at a row.</summary>
    /// <param name="cells">Trimmed.</param>
    public void Add(IReadOnlyList<string> cells)
    {
        for (var c = 0; c < cells.Count; c++)
        {
            if (!_missing.Stands(cells[c]))
            {
                _values[c].Add(cells[c]);
            }
        }
    }

    /// <summary>What they look like.</summary>
    public ColumnsSection Columns => new(false, names.Zip(_values, (name, values) => (name, Section: Of(values))).ToDictionary(c => c.name, c => c.Section));

    private static ColumnSection Of(List<string> values)
    {
        var different = values.Distinct(StringComparer.Ordinal).ToArray();
        foreach (var name in OfNumbers)
        {
            var (kind, section) = (ColumnKinds.Of(name), new ColumnSection { Kind = name, Missing = MissingRule.Mean });
            if (Array.TrueForAll(different, text => kind.TryParse(section, text, out _)))
            {
                return name == "boolean" ? section : section with { Scale = ColumnScale.Standard };
            }
        }

        var areTexts = different.Length * 2 > values.Count && different.Average(Words) >= WordsOfTexts;
        return areTexts ? new ColumnSection { Kind = "text", Missing = MissingRule.Slot }
            : new ColumnSection { Kind = "categorical", Missing = MissingRule.Slot, Buckets = different.Length > MostCategories ? Buckets : null };
    }

    private static double Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
}
