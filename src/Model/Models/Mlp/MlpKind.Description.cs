using System.Globalization;
using Granary.Jobs;

namespace Granary.BuiltIn;

/// <summary>A multi-layer perceptron: layers of W [out, in] and b [out], each uniform on +-1/sqrt(in).</summary>
internal sealed class MlpKind : ModelDescription
{
    /// <inheritdoc/>
    public override string Kind => "mlp";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => ["hidden", "activation", "loss"];

    /// <inheritdoc/>
    public override string BesidesMatrices => "With biases";

    /// <inheritdoc/>
    public override LearnedTarget Learns(ModelSection model) => model.Loss switch
    {
        Loss.CrossEntropy => LearnedTarget.Class,
        Loss.SquaredError => LearnedTarget.Either,
        _ => LearnedTarget.Number,
    };

    /// <inheritdoc/>
    public override bool LearnsLabels(ModelSection model) => model.Loss == Loss.CrossEntropy;

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterShape> Shape(ModelSection model, InputShape input)
    {
        var shape = new List<ParameterShape>();
        var width = input.Features;
        foreach (var next in model.Hidden.Append(input.Outputs))
        {
            var layer = string.Create(CultureInfo.InvariantCulture, $"layers.{shape.Count / 2}");
            var scale = 1 / Math.Sqrt(width);
            var from = shape.Count == 0 ? Axis.Feature : Axis.Unnamed;
            var to = shape.Count / 2 == model.Hidden.Count && !input.IsNumber ? Axis.Class : Axis.Unnamed;
            shape.Add(new ParameterShape($"{layer}.weight", [next, width], Initialisation.Uniform, scale, Decays: true) { Axes = [to, from] });
            shape.Add(new ParameterShape($"{layer}.bias", [next], Initialisation.Uniform, scale, Decays: false) { Axes = [to] });
            width = next;
        }

        return shape;
    }

    /// <inheritdoc/>
    public override double? FlopsPerExample(ModelSection model, InputShape input) => ModelWork.OfLayers(Matrices(model, input));

    /// <inheritdoc/>
    public override ModelSection Smaller(ModelSection model) => model with { Hidden = [], Init = null };
}
