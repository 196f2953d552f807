using Granary.Jobs;

namespace Granary.BuiltIn;

/// <summary>Linear regression: one linear map to a number. With weight decay it is ridge regression, with the loss of counts Poisson regression.</summary>
internal sealed class LinearKind : ModelDescription
{
    /// <inheritdoc/>
    public override string Kind => "linear";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => ["loss"];

    /// <inheritdoc/>
    public override int? Classes => 0;

    /// <inheritdoc/>
    public override string BesidesMatrices => "With biases";

    /// <inheritdoc/>
    public override LearnedTarget Learns(ModelSection model) => LearnedTarget.Number;

    /// <inheritdoc/>
    public override (string Key, string Message)? Broken(ModelSection model) => model.Loss == Loss.CrossEntropy
        ? ("loss", "model.loss is cross-entropy, which tells classes apart, but linear learns a number: take it out, or set it to another loss.")
        : null;

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterShape> Shape(ModelSection model, InputShape input) =>
    [
        new("weight", [1, input.Features], Initialisation.Zero, 0, Decays: true) { Axes = [Axis.Unnamed, Axis.Feature] },
        new("bias", [1], Initialisation.Zero, 0, Decays: false) { Axes = [Axis.Unnamed] },
    ];

    /// <inheritdoc/>
    public override double? FlopsPerExample(ModelSection model, InputShape input) => ModelWork.OfLayers(Matrices(model, input));

    /// <inheritdoc/>
    public override bool LosesByLikelihood(ModelSection model) => false;
}
