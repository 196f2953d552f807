using System.Globalization;
using System.Text.Json;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Files;

/// <summary>PyTorch, reading the exported file with a script of its own, computes the logits that Granary computes.</summary>
public sealed class PyTorchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Precision.Float32, Activation.Relu, Loss.CrossEntropy)]
    [InlineData(Precision.Float64, Activation.Tanh, Loss.CrossEntropy)]
    [InlineData(Precision.Float64, Activation.Sigmoid, Loss.SquaredError)]
    public void An_mlp_s_logits_are_pytorch_s(Precision precision, Activation activation, Loss loss)
    {
        var sample = SampleModels.Table(
            new ModelSection { Kind = "mlp", Hidden = [7, 5], Activation = activation, Loss = loss, Precision = precision }, ["a", "b", "c"]);
        double[][] rows = [[1, 2], [-3.5, 0.25], [1e3, -7]];
        var model = Exported(sample);
        var scaled = rows.SelectMany(r => r.Select((x, f) => model.Facts.Scaling.Apply(x, f))).ToArray();
        Compare(model, rows, type => tensor(scaled, [rows.Length, 2], ScalarType.Float64).to(type));
    }

    [Theory]
    [InlineData(Precision.Float32, Activation.Gelu)]
    [InlineData(Precision.Float64, Activation.Gelu)]
    [InlineData(Precision.Float64, Activation.Relu)]
    public void A_transformer_s_logits_are_pytorch_s(Precision precision, Activation activation)
    {
        var sample = SampleModels.Transformer();
        long[][] rows = [[0, 1, 2, 3, 4, 5, 0], [5, 5, 1, 0, 2, 2, 3]];
        var model = Exported(sample with { Model = sample.Model with { Precision = precision, Activation = activation } });
        Compare(model, rows, _ => tensor(rows.SelectMany(r => r).ToArray(), [2, 7], ScalarType.Int64));
    }

    private TrainedModel Exported(TrainedModel sample)
    {
        ModelExport.Write(sample, ExportFormat.Safetensors, Path.Combine(_folder, SavedModel.FileName), overwrite: true);
        return TrainedModel.Load(_folder);
    }

    private void Compare<T>(TrainedModel model, T[][] rows, Func<ScalarType, Tensor> inputs)
    {
        var file = Path.Combine(_folder, "inputs.json");
        File.WriteAllText(file, JsonSerializer.Serialize(rows));
        var theirs = JsonSerializer.Deserialize<double[]>(Python.Run("torch", Python.Golden("logits.py"), model.Name, file))!;
        using var parameters = model.Parameters();
        using var scope = NewDisposeScope();
        var ours = model.Network().Outputs(parameters.Views, inputs(parameters.Type)).to(ScalarType.Float64).flatten().data<double>().ToArray();
        var tolerance = model.Model.Precision == Precision.Float64 ? 1e-12 : 1e-5;
        Assert.Equal(ours.Length, theirs.Length);
        var scale = ours.Max(Math.Abs);
        for (var i = 0; i < ours.Length; i++)
        {
            Assert.True(Math.Abs(ours[i] - theirs[i]) <= tolerance * scale, string.Create(CultureInfo.InvariantCulture, $"{i}: {ours[i]} and {theirs[i]}"));
        }
    }
}
