using Granary.Jobs;

namespace Granary.Model.Prediction;

/// <summary>What an input has that its model does not know; complete once all rows have been read.</summary>
internal sealed class InputNotes
{
    private readonly Dictionary<string, (long Rows, string First)> _unseen = new(StringComparer.Ordinal);

    /// <summary>Columns that the model does not know.</summary>
    public List<string> Ignored { get; } = [];

    /// <summary>For each column of categories in which rows have some that the model has not seen: these.</summary>
    public IReadOnlyList<UnseenCategories> Unseen => [.. _unseen.Select(u => new UnseenCategories(u.Key, u.Value.Rows, u.Value.First))];

    /// <summary>Forgets them.</summary>
    public void ForgetUnseen() => _unseen.Clear();

    /// <summary>A row has such a category.</summary>
    /// <param name="column">The column.</param>
    /// <param name="category">The category.</param>
    public void Add(string column, string category) =>
        _unseen[column] = _unseen.TryGetValue(column, out var known) ? (known.Rows + 1, known.First) : (1, category);
}
