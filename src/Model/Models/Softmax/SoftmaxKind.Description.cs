using Granary.Jobs;

namespace Granary.BuiltIn;

/// <summary>Softmax regression: one linear map to a score for each class.</summary>
internal sealed class SoftmaxKind : ModelDescription
{
    /// <inheritdoc/>
    public override string Kind => "softmax";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => [];

    /// <inheritdoc/>
    public override string BesidesMatrices => "With biases";

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterShape> Shape(ModelSection model, InputShape input) => LinearShape.Of(input.Features, input.Classes);

    /// <inheritdoc/>
    public override double? FlopsPerExample(ModelSection model, InputShape input) => ModelWork.OfLayers(Matrices(model, input));
}
