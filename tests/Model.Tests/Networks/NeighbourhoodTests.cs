using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Prediction;

namespace Granary.Model.Tests.Networks;

public class NeighbourhoodTests
{
    // Vectors in the plane: the dot products with (2, 1) are 5, 4, 3, -2.
    private static TrainedModel Words(TokenKind tokens = TokenKind.Word, string kind = "skip-gram") => new(
        "w.safetensors",
        new ModelSection { Kind = kind, Width = 2 },
        new DataSection { Format = "text", Path = "x", Tokens = tokens },
        new DataFacts(new InputShape(0, 4), ["silo", "grain", "shard", "silage"], [], [], null),
        [],
        [2, 1, 2, 0, 1, 1, -1, 0, .. new float[8]]);

    [Fact]
    public void The_greatest_dot_product_comes_first_and_the_word_itself_not_at_all()
    {
        Assert.Equal([("grain", 4f), ("shard", 3f), ("silage", -2f)], Neighbourhood.Of(Words(), "Silo", 9));
        Assert.Equal([("silo", 4f)], Neighbourhood.Of(Words(), "grain", 1));
    }

    [Fact]
    public void An_unknown_word_is_answered_with_spellings_that_are_known()
    {
        Assert.EndsWith("'silae', which is not among the 4 that it was trained on. Did you mean silage, silo?", Refusal(Words(), "silae"));
        Assert.EndsWith("No word that it knows is spelt like it.", Refusal(Words(), "bumblebee"));
        Assert.Contains("Did you mean silo", Refusal(Words(TokenKind.Whitespace), "Silo")); // its own words keep their case
        Assert.Contains("this is a transformer model; neighbours uses skip-gram", Refusal(Words(kind: "transformer"), "silo"));
    }

    private static string Refusal(TrainedModel model, string word) => Assert.Throws<JobException>(() => Neighbourhood.Of(model, word, 1)).Message;
}
