using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Prediction;
using Granary.Model.Tests.Files;
using Granary.Model.Tests.Own;
using Microsoft.ML.OnnxRuntime;

namespace Granary.Model.Tests.Onnx;

/// <summary>Models of rows in ONNX Runtime say what predict says.</summary>
public class RowExportTests
{
    private static readonly double[] Examples = [4, 2, -20, 10, 0.5, -1.25, 1, 2, 100, -300]; // [5, 2]

    [Fact]
    public void A_logistic_model_gives_sigma_of_the_standardised_inputs()
    {
        var model = SampleModels.Logistic();
        using var session = new OnnxSession(model);
        using var outputs = session.Run("features", [4f, 2f, -20f, 10f], 2, 2);
        var (labels, probabilities) = (outputs.Get<string>("label"), outputs.Get<float>("probabilities"));
        Assert.Equal("opset 17, features float32 [N, 2] -> label string [N], probabilities float32 [N, 2]", session.Description);
        foreach (var (i, x) in new double[][] { [4, 2], [-20, 10] }.Index())
        {
            // w (x - mean) / deviation + b, by hand: mean (1, 2), deviation (3, 4).
            var z = (model.Weights[0] * (x[0] - 1) / 3) + (model.Weights[1] * (x[1] - 2) / 4) + model.Weights[2];
            var p = 1 / (1 + Math.Exp(-z));
            Assert.Equal(1 - p, probabilities[2 * i], 1e-6);
            Assert.Equal(p, probabilities[(2 * i) + 1], 1e-6);
            Assert.Equal(p >= 0.5 ? "yes" : "no", labels[i]);
        }
    }

    [Fact]
    public void Even_odds_are_for_the_second_class_as_in_predict()
    {
        var model = SampleModels.Logistic();
        Array.Clear(model.Weights);
        using var session = new OnnxSession(model);
        using var outputs = session.Run("features", [4f, 2f], 1, 2);
        Assert.Equal(["yes"], outputs.Get<string>("label"));
        Assert.Equal(model.Facts.Classes[Predict(model, [4, 2])[0].Class], outputs.Get<string>("label")[0]);
    }

    [Theory]
    [InlineData("logistic", Precision.Float32)]
    [InlineData("softmax", Precision.Float64)]
    public void The_label_goes_by_the_threshold_that_the_job_has_chosen(string kind, Precision precision)
    {
        var model = SampleModels.Table(new ModelSection { Kind = kind, Precision = precision }, ["no", "yes"]);
        double[] rows = [.. Enumerable.Range(-20, 41).SelectMany(i => new double[] { 1 + (0.25 * i), 2 - (0.5 * i) })];
        double[] scores = [.. Predict(model, rows).Select(p => p.Values[1]).Order()];
        foreach (var chosen in new[] { 1, 10, 30, 40 })
        {
            var threshold = (scores[41 - chosen] + scores[40 - chosen]) / 2;
            model = model with { Facts = model.Facts with { Threshold = threshold } };
            Assert.Equal(chosen, Predict(model, rows).Count(p => p.Class == 1));
            OnnxAgreement.OfClasses(model, rows);
        }
    }

    public static TheoryData<string, Activation, Loss, Precision> Classifiers()
    {
        var all = new TheoryData<string, Activation, Loss, Precision>();
        foreach (var precision in Enum.GetValues<Precision>())
        {
            all.Add("logistic", default, Loss.CrossEntropy, precision);
            all.Add("softmax", default, Loss.CrossEntropy, precision);
            foreach (var activation in Enum.GetValues<Activation>())
            {
                all.Add("mlp", activation, Loss.CrossEntropy, precision);
                all.Add("mlp", activation, Loss.SquaredError, precision);
            }
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Classifiers))]
    public void Classifiers_agree_with_predict(string kind, Activation activation, Loss loss, Precision precision)
    {
        var section = new ModelSection { Kind = kind, Activation = activation, Loss = loss, Precision = precision, Hidden = kind == "mlp" ? [5, 4] : [] };
        var model = SampleModels.Table(section, kind == "logistic" ? ["no", "yes"] : ["a", "b", "ü"]);
        OnnxAgreement.OfClasses(model, Examples);
    }

    public static TheoryData<string, Loss, Precision> Regressions()
    {
        var all = new TheoryData<string, Loss, Precision>();
        foreach (var loss in Enum.GetValues<Loss>().Where(l => l != Loss.CrossEntropy))
        {
            all.Add("linear", loss, Precision.Float32);
            all.Add("mlp", loss, Precision.Float64);
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Regressions))]
    public void Regressions_give_the_number_in_the_target_s_own_units(string kind, Loss loss, Precision precision)
    {
        var model = SampleModels.Numbers(new ModelSection { Kind = kind, Loss = loss, Precision = precision, Hidden = kind == "mlp" ? [5] : [] });
        OnnxAgreement.OfNumbers(model, Examples.Select(x => x / 50).ToArray());
        OnnxAgreement.OfNumbers(model with { Facts = model.Facts with { TargetScaling = null } }, Examples.Select(x => x / 50).ToArray());
    }

    [Theory]
    [InlineData("logistic", Precision.Float32)]
    [InlineData("mlp", Precision.Float64)]
    public void Several_labels_have_a_probability_each(string kind, Precision precision) =>
        OnnxAgreement.OfLabels(SampleModels.Labels(new ModelSection { Kind = kind, Precision = precision, Hidden = kind == "mlp" ? [5] : [] }), Examples);

    [Fact]
    public void Missing_values_are_filled_and_constant_features_are_0()
    {
        var model = SampleModels.Softmax();
        model = model with { Facts = model.Facts with { Fill = [7, -3], Scaling = new Scaling([1, 2], [3, 0]) } };
        using var session = new OnnxSession(model);
        using var missing = session.Run("features", [float.NaN, 5f, 4f, float.NaN], 2, 2);
        using var filled = session.Run("features", [7f, 99f, 4f, -3f], 2, 2);
        Assert.Equal(filled.Get<float>("probabilities"), missing.Get<float>("probabilities"));
        OnnxAgreement.OfClasses(model, [7, 5, 4, 12]);
    }

    [Fact]
    public void Rows_of_another_width_are_refused_by_the_input_s_name()
    {
        using var session = new OnnxSession(SampleModels.Softmax());
        var error = Assert.Throws<OnnxRuntimeException>(() => session.Run("features", [1f, 2f, 3f], 1, 3)).Message;
        Assert.Contains("features", error);
        Assert.Contains("Expected: 2", error);
    }

    [Fact]
    public void Nothing_is_done_to_features_that_are_not_standardised()
    {
        var model = SampleModels.Softmax();
        OnnxAgreement.OfClasses(model with { Facts = model.Facts with { Scaling = null } }, [.. Examples.Select(x => x / 50)]);
    }

    [Fact]
    public void A_module_of_ones_own_says_how_it_is_written()
    {
        var model = SampleModels.Create(
            Kinds.Model("digits-cnn", ("channels", "3")) with { Precision = Precision.Float32 },
            new DataSection { Format = "csv", Path = "digits.csv", Label = "label" },
            new DataFacts(new InputShape(64, 10), [.. "0123456789".Select(c => c.ToString())], [1], [0], null) { Columns = [.. Enumerable.Range(0, 64).Select(i => $"p{i}")] });
        var random = new Random(3);
        OnnxAgreement.OfClasses(model, [.. Enumerable.Range(0, 5 * 64).Select(_ => random.NextDouble())]);
    }

    [Theory]
    [InlineData(Activation.Relu, Precision.Float32)]
    [InlineData(Activation.Gelu, Precision.Float32)]
    [InlineData(Activation.Tanh, Precision.Float64)]
    public void Convolutions_agree_with_those_of_another_library(Activation activation, Precision precision)
    {
        var random = new Random(3);
        double[] images = [.. Enumerable.Range(0, 4 * 2 * 9 * 7).Select(_ => random.NextDouble())];
        var section = new ModelSection { Kind = "cnn", Channels = [3, 5], Hidden = [6], Activation = activation, Precision = precision };
        var data = new DataSection { Format = "idx", Path = "i", Labels = "l" };
        var input = new InputShape(2 * 9 * 7, 3) { Image = new ImageSize(2, 9, 7) };
        OnnxAgreement.OfClasses(SampleModels.Create(section, data, new DataFacts(input, ["0", "1", "2"], [1], [0], null) { PixelType = "ubyte" }), images);
        var number = section with { Loss = Loss.Poisson };
        OnnxAgreement.OfNumbers(SampleModels.Create(number, data with { Target = LabelTarget.Number }, new DataFacts(input with { Classes = 0 }, [], [1], [0], null) { PixelType = "ubyte" }), images);
    }

    [Fact]
    public void A_kind_that_does_not_say_how_is_named()
    {
        var model = SampleModels.Table(Kinds.Model("plain"), ["a", "b", "c"]);
        var error = Assert.Throws<JobException>(() => new OnnxSession(model)).Message;
        Assert.Equal("sample: a plain cannot be exported as onnx: its network does not say how (IOnnxNetwork). Export it as safetensors or npz.", error);
    }

    private static Model.Prediction.Prediction[] Predict(TrainedModel model, double[] examples)
    {
        using var predictor = new Predictor(model);
        return predictor.Predict(examples);
    }
}
