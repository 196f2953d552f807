using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;
using Granary.Model.Networks;
using static TorchSharp.torch;

namespace Granary.Model.Prediction;

/// <summary>What a model says of one example.</summary>
/// <param name="Class">The class it chooses; -1 where it predicts a number, or labels.</param>
/// <param name="Values">For each class or label its probability; with squared error the output of the network, which is none; of a regression the number alone.</param>
public readonly record struct Prediction(int Class, double[] Values)
{
    /// <summary>What the example is called, such as the file of an image; null: it has no name.</summary>
    public string? Name { get; init; }

    /// <summary>Of several labels which it says the example has; null otherwise.</summary>
    public bool[]? Labels { get; init; }

    /// <summary>Where it was asked for: what the score is made of, one for each label where there are several, else one; null otherwise.</summary>
    public Explanation[]? Explanations { get; init; }
}

/// <summary>Uses a model that tells rows of numbers apart, or predicts a number for each.</summary>
/// <remarks>B examples, D features, K classes.</remarks>
public sealed class Predictor : IDisposable
{
    private readonly TrainedModel _model;
    private readonly INetwork _network;
    private readonly FlatTensor _parameters;

    /// <param name="model">The model.</param>
    /// <param name="explain">Whether predictions shall have <see cref="Prediction.Explanations"/>, which takes a linear model.</param>
    /// <exception cref="JobException">The model is of another kind.</exception>
    public Predictor(TrainedModel model, bool explain = false)
    {
        model.MustTake(ExampleKind.Rows, "predict uses");
        Explainer = explain ? new LinearExplainer(model) : null;
        (_model, _network, _parameters) = (model, model.Network(), model.Parameters());
    }

    /// <summary>Whether the values are probabilities.</summary>
    public bool GivesProbabilities => !GivesNumbers && _model.Model.Loss == Loss.CrossEntropy;

    /// <summary>Whether a number is predicted, and no class.</summary>
    public bool GivesNumbers => _model.Facts.Shape.IsNumber;

    /// <summary>Whether an example has any number of labels, and not one class.</summary>
    public bool GivesLabels => _model.Facts.Shape.IsMultiLabel;

    /// <summary>What takes scores apart; null: nobody asked for it.</summary>
    internal LinearExplainer? Explainer { get; }

    /// <summary>Standardises the examples as in training and predicts each.</summary>
    /// <param name="examples">[B, D] as the source has them, row by row.</param>
    public Prediction[] Predict(ReadOnlySpan<double> examples)
    {
        var d = _model.Facts.Shape.Features;
        var scaled = examples.ToArray();
        for (var at = 0; at < scaled.Length; at += d)
        {
            _model.Facts.Scaling?.Apply(scaled.AsSpan(at, d));
        }

        if (scaled.Length == 0)
        {
            return [];
        }

        var said = Said(scaled, d);
        return Explainer is null ? said : Explained(said, scaled, d);
    }

    // scaled [B, D], B > 0
    private Prediction[] Said(double[] scaled, int d)
    {
        if (GivesNumbers)
        {
            return [.. Raw(scaled, d, outputs => Outputs.Numbers(_model, _network, outputs)).Select(y => new Prediction(-1, [y]))];
        }

        var outputs = Raw(scaled, d, z => _network.Probabilities(z).to(ScalarType.Float64).flatten().data<double>().ToArray()); // [B, 1] or [B, K]
        return [.. outputs.Chunk(outputs.Length / (scaled.Length / d)).Select(z => GivesLabels ? Outputs.Labels(z) : Outputs.Of(_model, _network, z))];
    }

    private Prediction[] Explained(Prediction[] said, double[] scaled, int d)
    {
        var z = Raw(scaled, d, outputs => outputs.to(ScalarType.Float64).flatten().data<double>().ToArray()); // [B, K]
        var k = z.Length / said.Length;
        return [.. said.Select((p, row) => p with { Explanations = Explainer!.Explain(scaled.AsSpan(row * d, d), z.AsSpan(row * k, k), p.Class) })];
    }

    private double[] Raw(double[] examples, int features, Func<Tensor, double[]> read)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var inputs = tensor(examples, [examples.Length / features, features], ScalarType.Float64).to(_parameters.Type);
        return read(_network.Outputs(_parameters.Views, inputs));
    }

    /// <inheritdoc/>
    public void Dispose() => _parameters.Dispose();
}
