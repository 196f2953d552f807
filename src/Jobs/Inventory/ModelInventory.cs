namespace Granary.Jobs;

/// <summary>A model's matrices, told from its shape alone. Positions, biases and norms are no part of it; a kernel of
/// more sizes than two counts as the matrix that takes its inputs to each output.</summary>
public static class ModelInventory
{
    /// <summary>The matrices, from the model's input to its output.</summary>
    public static IReadOnlyList<MatrixGroup> Of(ModelSection model, InputShape input) => ModelKinds.Of(model).Matrices(model, input);
}
