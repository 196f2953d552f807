namespace Granary.Jobs;

/// <summary>Floating-point operations of a gradient, told from shapes alone. A product with a matrix takes two operations per weight
/// and example on the way forward, two for the gradient of the weights, and two for that of its inputs unless they are the data
/// itself. What is done number by number (activations, norms, softmax) is left out.</summary>
public static class ModelWork
{
    /// <summary>Operations per weight of a matrix whose inputs have gradients.</summary>
    public const int WithInputs = 6;

    private const int OfData = 4;

    /// <summary>Operations for one example: a row, an image, a window of tokens, or a pair of words.</summary>
    /// <exception cref="JobException">The kind's description does not say: its shape does not tell what it does.</exception>
    public static double FlopsPerExample(ModelSection model, InputShape input) => ModelKinds.Of(model).FlopsPerExample(model, input) ?? throw new JobException(
        $"model.kind is {model.Kind}, one of your own: its shape does not tell how many operations an example takes. Leave out --flops, "
        + "so that its time is measured.");

    /// <summary>Operations of layers that are products with matrices, the first of them with the data.</summary>
    public static double OfLayers(IReadOnlyList<MatrixGroup> layers) =>
        (WithInputs * layers.Sum(m => (double)m.Weights)) - ((WithInputs - OfData) * (double)layers[0].Weights);
}
