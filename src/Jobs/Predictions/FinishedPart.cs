using System.Text.Json.Serialization;

namespace Granary.Jobs;

/// <summary>A part of an input whose predictions are written.</summary>
/// <param name="Part">Which part, from 0.</param>
/// <param name="Rows">Rows of the input in it; 0: the input has ended before.</param>
/// <param name="IsLast">Whether the input has no rows after it.</param>
/// <param name="Ignored">Columns of the input, up to here, that the model does not know.</param>
/// <param name="Unseen">Categories in it that the model has not seen.</param>
public sealed record FinishedPart(int Part, long Rows, bool IsLast, IReadOnlyList<string> Ignored, IReadOnlyList<UnseenCategories> Unseen)
{
    /// <summary>Bytes of its predictions.</summary>
    public long Bytes { get; init; }

    /// <summary>Their SHA-256, in hexadecimal digits.</summary>
    public string Sha256 { get; init; } = "";
}

/// <summary>Categories of a column that a model has not seen.</summary>
/// <param name="Column">The column.</param>
/// <param name="Rows">Rows that have one.</param>
/// <param name="First">The first of them.</param>
public sealed record UnseenCategories(string Column, long Rows, string First)
{
    /// <summary>All of it in a sentence, for people.</summary>
    [JsonIgnore]
    public string Sentence =>
        $"column '{Column}': {Plural.Of(Rows, "row")} {(Rows == 1 ? "has a category" : "have categories")} that the model has not seen{(Rows == 1 ? "," : ", the first of them")} '{First}'";

    /// <summary>Those of several parts of an input, in their order, added up by column.</summary>
    public static IReadOnlyList<UnseenCategories> Sum(IEnumerable<UnseenCategories> parts) =>
        [.. parts.GroupBy(u => u.Column, StringComparer.Ordinal).Select(g => g.First() with { Rows = g.Sum(u => u.Rows) })];
}
