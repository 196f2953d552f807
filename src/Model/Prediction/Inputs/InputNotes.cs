using Granary.Jobs;

namespace Granary.Model.Prediction;

/// <summary>What an input has that its model does not know; complete once all rows have been read.</summary>
internal sealed class InputNotes
{
    private readonly Dictionary<string, (long Rows, string First)> _unseen = new(StringComparer.Ordinal);

    /// <summary>Columns that the model does not know.</summary>
    public List<string> Ignored { get; } = [];

    /// <summary>A sentence for each column of categories in which rows have some that the model has not seen.</summary>
    public IReadOnlyList<string> Unseen => [.. _unseen.Select(u =>
        $"column '{u.Key}': {Plural.Of(u.Value.Rows, "row")} {(u.Value.Rows == 1 ? "has a category" : "have categories")} that the model has not seen{(u.Value.Rows == 1 ? "," : ", the first of them")} '{u.Value.First}'")];

    /// <summary>A row has such a category.</summary>
    /// <param name="column">The column.</param>
    /// <param name="category">The category.</param>
    public void Add(string column, string category) =>
        _unseen[column] = _unseen.TryGetValue(column, out var known) ? (known.Rows + 1, known.First) : (1, category);
}
