using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Networks;

namespace Granary.Model.Prediction;

/// <summary>The words near one word, by a skip-gram.</summary>
public static class Neighbourhood
{
    private const int SpellingsInMessage = 3;

    /// <summary>The words whose vectors have the greatest dot product with a word's, greatest first.</summary>
    /// <param name="model">A skip-gram.</param>
    /// <param name="word">The word; its case does not matter where training took all words in lower case.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="JobException">The model is of another kind, or does not know the word.</exception>
    public static IReadOnlyList<(string Word, float DotProduct)> Of(TrainedModel model, string word, int count)
    {
        model.MustTake(ExampleKind.Pairs, "neighbours uses");
        var words = model.Facts.Classes;
        var wanted = model.Data.Tokens == TokenKind.Word ? word.ToLowerInvariant() : word;
        var id = Enumerable.Range(0, words.Count).FirstOrDefault(i => words[i] == wanted, -1);
        if (id < 0)
        {
            var near = Nearest.Several(wanted, words, SpellingsInMessage);
            throw new JobException($"{model.Name}: it does not know the word '{wanted}', which is not among the {words.Count} that it was trained on. "
                + (near.Count > 0 ? $"Did you mean {string.Join(", ", near)}?" : "No word that it knows is spelt like it."));
        }

        var embedding = model.Weights.AsSpan(0, words.Count * model.Model.Width); // [V, d], the first parameter
        return [.. WordNeighbours.Of(embedding, model.Model.Width, id, count).Select(n => (words[n.Word], n.DotProduct))];
    }
}
