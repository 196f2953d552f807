using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Prediction;

namespace Granary.Model.Tests.Onnx;

/// <summary>Compares what ONNX Runtime makes of a model with what predict makes of it.</summary>
internal static class OnnxAgreement
{
    /// <summary>The largest difference.</summary>
    public const double Tolerance = 1e-5;

    /// <summary>Whichever of the two it is.</summary>
    /// <param name="model">A model of rows.</param>
    /// <param name="examples">[N, D].</param>
    public static void Of(TrainedModel model, double[] examples) => (model.Facts.Shape.IsNumber ? (Action<TrainedModel, double[]>)OfNumbers : OfClasses)(model, examples);

    /// <summary>Labels, and probabilities or outputs; these to 1e-5 of their own size where they are large.</summary>
    /// <param name="model">A classifier.</param>
    /// <param name="examples">[N, D].</param>
    public static void OfClasses(TrainedModel model, double[] examples)
    {
        using var predictor = new Predictor(model);
        var expected = predictor.Predict(examples);
        using var session = new OnnxSession(model);
        using var outputs = Run(session, model, examples);
        var (labels, values) = (outputs.Get<string>("label"), outputs.Numbers(predictor.GivesProbabilities ? "probabilities" : "outputs").Chunk(model.Facts.Classes.Count).ToArray());
        Assert.Equal(expected.Length, values.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.All(values[i].Zip(expected[i].Values), v => Assert.Equal(v.Second, v.First, Tolerance * Math.Max(1, Math.Abs(v.Second))));
            var best = expected[i].Values.OrderDescending().ToArray();
            if ((model.Facts.Threshold is { } from ? Math.Abs(expected[i].Values[1] - from) : best[0] - best[1]) > Tolerance) // otherwise either is right
            {
                Assert.Equal(model.Facts.Classes[expected[i].Class], labels[i]);
            }
        }
    }

    /// <summary>The probabilities of several labels.</summary>
    /// <param name="model">A model of several labels.</param>
    /// <param name="examples">[N, D].</param>
    public static void OfLabels(TrainedModel model, double[] examples)
    {
        using var predictor = new Predictor(model);
        var expected = predictor.Predict(examples);
        using var session = new OnnxSession(model);
        using var outputs = Run(session, model, examples);
        Assert.Equal(["probabilities"], session.Session.OutputMetadata.Keys);
        var values = outputs.Numbers("probabilities").Chunk(model.Facts.Classes.Count).ToArray();
        Assert.Equal(expected.Length, values.Length);
        Assert.All(values.Zip(expected), row => Assert.All(row.First.Zip(row.Second.Values), v => Assert.Equal(v.Second, v.First, Tolerance)));
    }

    /// <summary>Numbers, to 1e-5 of their own size where they are large.</summary>
    /// <param name="model">A regression.</param>
    /// <param name="examples">[N, D].</param>
    public static void OfNumbers(TrainedModel model, double[] examples)
    {
        using var predictor = new Predictor(model);
        var expected = predictor.Predict(examples);
        using var session = new OnnxSession(model);
        using var outputs = Run(session, model, examples);
        var predictions = outputs.Numbers("prediction");
        Assert.Equal(expected.Length, predictions.Length);
        Assert.All(predictions.Zip(expected), p => Assert.Equal(p.Second.Values[0], p.First, Tolerance * Math.Max(1, Math.Abs(p.Second.Values[0]))));
    }

    private static OnnxSession.Outputs Run(OnnxSession session, TrainedModel model, double[] examples)
    {
        int[] dims = [examples.Length / model.Facts.Shape.Features, model.Facts.Shape.Features];
        return model.Model.Precision == Precision.Float64
            ? session.Run("features", examples, dims)
            : session.Run("features", [.. examples.Select(x => (float)x)], dims);
    }
}
