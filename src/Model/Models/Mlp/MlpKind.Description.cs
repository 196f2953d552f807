using System.Globalization;
using Granary.Jobs;

namespace Granary.BuiltIn;

/// <summary>A multi-layer perceptron: layers of W [out, in] and b [out], each uniform on +-1/sqrt(in). Before them a table of vectors [E, W] for each embedded column,
/// normal with deviation 1 as standardised features are.</summary>
internal sealed class MlpKind : ModelDescription
{
    private const string Layers = "layers.";

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
    public override bool TakesEmbeddings => true;

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterShape> Shape(ModelSection model, InputShape input)
    {
        var shape = new List<ParameterShape>();
        foreach (var embedded in input.Embedded ?? [])
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"embeddings.{shape.Count}.weight");
            shape.Add(new ParameterShape(name, [embedded.Entries, embedded.Width], Initialisation.Normal, 1, Decays: true) { Axes = [Axis.Embedded, Axis.Unnamed] });
        }

        var (layer, width) = (0, input.JoinedFeatures);
        foreach (var next in model.Hidden.Append(input.Outputs))
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{Layers}{layer}");
            var scale = 1 / Math.Sqrt(width);
            var from = layer > 0 ? Axis.Unnamed : input.Embedded is null ? Axis.Feature : Axis.Embedded;
            var to = layer == model.Hidden.Count && !input.IsNumber ? Axis.Class : Axis.Unnamed;
            shape.Add(new ParameterShape($"{name}.weight", [next, width], Initialisation.Uniform, scale, Decays: true) { Axes = [to, from] });
            shape.Add(new ParameterShape($"{name}.bias", [next], Initialisation.Uniform, scale, Decays: false) { Axes = [to] });
            (layer, width) = (layer + 1, next);
        }

        return shape;
    }

    // Looking a vector up is no product; on the way back each of its numbers is added once, and the first layer's inputs have gradients.

    /// <inheritdoc/>
    public override double? FlopsPerExample(ModelSection model, InputShape input)
    {
        MatrixGroup[] layers = [.. Matrices(model, input).Where(m => m.Name.StartsWith(Layers, StringComparison.Ordinal))];
        return input.Embedded is { } embedded
            ? (ModelWork.WithInputs * layers.Sum(m => (double)m.Weights)) + embedded.Sum(e => e.Width)
            : ModelWork.OfLayers(layers);
    }

    /// <inheritdoc/>
    public override ModelSection Smaller(ModelSection model) => model with { Hidden = [], Init = null };
}
