using System.Globalization;
using System.Text;
using Granary.Jobs;
using Granary.Model.Data;

namespace Granary.Model.Training;

/// <summary>The names of a model's features, classes and tokens, in the order of their places; null where nobody names them.</summary>
/// <param name="Features">Columns; of LIBSVM the indices from 1 on. Null of IDX, whose pixels have a place and no name, and of text.</param>
/// <param name="Classes">Labels; of labels that are all numbers their values. Null of text.</param>
/// <param name="Tokens">Each token's bytes in UTF-8, one character for each; null among them where a token's bytes are not known. Null of tables.</param>
internal sealed record AxisNames(IReadOnlyList<string?>? Features, IReadOnlyList<string?>? Classes, IReadOnlyList<string?>? Tokens)
{
    /// <summary>Of a file that says nothing.</summary>
    public static AxisNames None { get; } = new(null, null, null);

    /// <summary>The names that a job's data gives.</summary>
    public static AxisNames Of(DataSection data, DataFacts facts, TokenFiles? vocabulary) => data.IsText
        ? new(null, null, TokensOf(data, facts, vocabulary))
        : new(FeaturesOf(data, facts), ClassesOf(facts.Classes), null);

    /// <summary>The names along an axis.</summary>
    public IReadOnlyList<string?>? this[Axis axis] => axis switch
    {
        Axis.Feature => Features,
        Axis.Class or Axis.ClassPair => Classes,
        Axis.Token => Tokens,
        _ => null,
    };

    /// <summary>A name for people: 'é'; U+000A for what cannot be seen, and 0xc3 for bytes that are no characters.</summary>
    public static string Show(Axis axis, string name)
    {
        var bytes = axis == Axis.Token ? Encoding.Latin1.GetBytes(name) : Encoding.UTF8.GetBytes(name);
        var text = Encoding.UTF8.GetString(bytes);
        return text.Contains('\uFFFD') ? "0x" + Convert.ToHexStringLower(bytes)
            : text.EnumerateRunes().Any(Rune.IsControl)
                ? string.Join(' ', text.EnumerateRunes().Select(r => string.Create(CultureInfo.InvariantCulture, $"U+{r.Value:X4}")))
            : $"'{text}'";
    }

    private static IReadOnlyList<string?>? FeaturesOf(DataSection data, DataFacts facts) => facts.Columns.Count > 0 ? facts.Columns
        : FormatKinds.Of(data.Format).HasIndices ? [.. Enumerable.Range(1, facts.Shape.Features).Select(i => i.ToString(CultureInfo.InvariantCulture))]
        : null;

    // 1, 1.0 and +1 are one label.
    private static IReadOnlyList<string?> ClassesOf(IReadOnlyList<string> labels)
    {
        var values = labels.Select(l => LabelNumber.Parse(l)).ToArray();
        return Array.TrueForAll(values, v => v is not null) && values.Distinct().Count() == labels.Count
            ? [.. values.Select(v => v!.Value.ToString())]
            : labels;
    }

    private static IReadOnlyList<string?> TokensOf(DataSection data, DataFacts facts, TokenFiles? vocabulary)
    {
        if (data.Tokens == TokenKind.Byte)
        {
            return [.. Enumerable.Range(0, facts.Shape.Classes).Select(b => ((char)b).ToString())];
        }

        if (data.Tokens != TokenKind.Bpe)
        {
            return [.. facts.Classes.Select(c => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(c)))];
        }

        var pairs = BytePairs.Of(data.Encoding, vocabulary);
        return [.. Enumerable.Range(0, facts.Shape.Classes).Select(pairs.BytesOrNull).Select(b => b is null ? null : Encoding.Latin1.GetString(b))];
    }
}
