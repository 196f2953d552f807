namespace Granary.Jobs;

/// <summary>A model's matrices, told from its shape alone. Positions, biases and norms are no part of it; a kernel of
/// more sizes than two counts as the matrix that takes its inputs to each output.</summary>
public static class ModelInventory
{
    /// <summary>The matrices, from the model's input to its output.</summary>
    public static IReadOnlyList<MatrixGroup> Of(ModelSection model, InputShape input) => model.Kind == ModelKind.Transformer
        ? Transformer(model, input.Classes)
        : [.. ModelShape.Of(model, input).Where(p => p.Dims.Count >= 2).Select(p => new MatrixGroup(p.Name, 1, p.Dims[0], (int)(p.Count / p.Dims[0])))];

    // Head by head, as one writes the formulas: the flat vector keeps the heads of a layer in one matrix. A head's value-up
    // map is a part of the layer's output matrix, which is counted once per layer.
    private static MatrixGroup[] Transformer(ModelSection model, int vocabulary)
    {
        var (c, key, middle) = (model.Width, model.HeadWidth(), TransformerShape.Expansion * model.Width);
        var heads = (long)model.Layers * model.Heads;
        return
        [
            new("embedding", 1, vocabulary, c),
            new("key", heads, key, c),
            new("query", heads, key, c),
            new("value-down", heads, key, c),
            new("value-up/output", model.Layers, c, key * model.Heads),
            new("up-projection", model.Layers, middle, c),
            new("down-projection", model.Layers, c, middle),
            new("unembedding", model.TiedUnembedding ? 0 : 1, vocabulary, c),
        ];
    }
}
