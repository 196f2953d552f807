using Granary.Jobs;

namespace Granary.BuiltIn;

/// <summary>Logistic regression: one linear map to the log-odds of the second of two classes, or of each of several labels.</summary>
internal sealed class LogisticKind : ModelDescription
{
    /// <inheritdoc/>
    public override string Kind => "logistic";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => [];

    /// <inheritdoc/>
    public override int? Classes => 2;

    /// <inheritdoc/>
    public override bool LearnsLabels(ModelSection model) => true;

    /// <inheritdoc/>
    public override string BesidesMatrices => "With biases";

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterShape> Shape(ModelSection model, InputShape input) => LinearShape.Of(input.Features, input.IsMultiLabel ? input.Classes : 1);

    /// <inheritdoc/>
    public override double? FlopsPerExample(ModelSection model, InputShape input) => ModelWork.OfLayers(Matrices(model, input));
}
