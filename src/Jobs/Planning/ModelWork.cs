namespace Granary.Jobs;

/// <summary>Floating-point operations of a gradient, told from shapes alone. A product with a matrix takes two operations per weight
/// and example on the way forward, two for the gradient of the weights, and two for that of its inputs unless they are the data
/// itself. What is done number by number (activations, norms, softmax) is left out.</summary>
public static class ModelWork
{
    private const int WithInputs = 6;
    private const int OfData = 4;

    /// <summary>Operations for one example: a row, an image, a window of tokens, or a pair of words.</summary>
    /// <exception cref="JobException">The model is of a kind of one's own: its shape does not say what it does.</exception>
    public static double FlopsPerExample(ModelSection model, InputShape input) => model.Kind switch
    {
        ModelKind.Transformer => Transformer(model, input.Classes),
        ModelKind.SkipGram => (double)WithInputs * model.Width * (model.Negatives == 0 ? input.Classes : 1 + model.Negatives),
        ModelKind.Own => throw new JobException(
            $"model.kind is {model.KindName()}, one of your own: its shape does not tell how many operations an example takes. Leave out --flops, "
            + "so that its time is measured."),
        _ => Layers(ModelInventory.Of(model, input)),
    };

    private static double Layers(IReadOnlyList<MatrixGroup> layers) =>
        (WithInputs * layers.Sum(m => (double)m.Weights)) - ((WithInputs - OfData) * (double)layers[0].Weights);

    // Looking rows up in the embedding is no product; a tied unembedding is one all the same. A head compares every token with every
    // other and mixes their values: T x T products of d_key numbers, twice (Chowdhery and others, 2022, appendix B).
    private static double Transformer(ModelSection model, int vocabulary)
    {
        var (tokens, mixed) = ((double)model.Context, (double)model.Heads * model.HeadWidth());
        var products = ModelInventory.Of(model, new InputShape(0, vocabulary)).Where(m => m.Name is not ("embedding" or "unembedding")).Sum(m => (double)m.Weights)
            + ((double)vocabulary * model.Width);
        return tokens * ((WithInputs * products) + (2 * WithInputs * model.Layers * tokens * mixed));
    }
}
