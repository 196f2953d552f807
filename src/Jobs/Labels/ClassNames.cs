namespace Granary.Jobs;

/// <summary>The classes that labels stand for, however they are spelt.</summary>
/// <param name="Names">In class order: numbers by value, texts ordinally. A number that is spelt in one way is called so; one of several spellings
/// by its usual one.</param>
/// <param name="Numbers">The same as numbers; null: they are texts.</param>
/// <param name="Merged">Spellings of one number that became one class, for each such class.</param>
public sealed record ClassNames(IReadOnlyList<string> Names, IReadOnlyList<LabelNumber>? Numbers, IReadOnlyList<IReadOnlyList<string>> Merged)
{
    /// <summary>The classes of all labels that occur.</summary>
    /// <param name="labels">As they are written, each once.</param>
    public static ClassNames Of(IReadOnlyCollection<string> labels)
    {
        if (LabelIndex.Numbers(labels) is null)
        {
            return new ClassNames([.. labels.Order(StringComparer.Ordinal)], null, []);
        }

        var classes = labels.GroupBy(l => LabelNumber.Parse(l)!.Value).OrderBy(g => g.Key)
            .Select(g => (Number: g.Key, Spellings: g.Order(StringComparer.Ordinal).ToArray())).ToArray();
        return new ClassNames(
            [.. classes.Select(c => c.Spellings.Length == 1 ? c.Spellings[0] : c.Number.ToString())],
            [.. classes.Select(c => c.Number)],
            [.. classes.Where(c => c.Spellings.Length > 1).Select(c => c.Spellings)]);
    }
}
