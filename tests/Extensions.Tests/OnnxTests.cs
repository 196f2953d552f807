using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Prediction;
using Granary.Model.Training;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Granary.Extensions.Tests;

/// <summary>A kind of model from outside says how it is written as an ONNX graph.</summary>
public sealed class OnnxTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public OnnxTests() => GatedJob.WriteData(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_model_of_a_kind_from_outside_is_exported_and_agrees()
    {
        var (job, facts) = (GatedJob.Make(_folder), new DataFacts(new InputShape(2, 3), ["a", "b", "c"], [], [], new Scaling([1, 0], [2, 1])) { Columns = ["x1", "x2"] });
        var shape = ModelShape.Of(job.Model, facts.Shape);
        var weights = new float[ModelShape.Weights(shape)];
        InitialWeights.Fill<float>(shape, seed: 1, weights);
        var (model, path) = (new TrainedModel("gated", job.Model, job.Data, facts, shape, weights), Path.Combine(_folder, "gated.onnx"));
        Assert.Equal("opset 17, features float32 [N, 2] -> label string [N], probabilities float32 [N, 3]", ModelExport.Write(model, ExportFormat.Onnx, path));
        float[] rows = [0.5f, 0.25f, 2.5f, -0.5f, 4.5f, 1];
        using var session = new InferenceSession(path);
        using var outputs = session.Run([NamedOnnxValue.CreateFromTensor("features", new DenseTensor<float>(rows, [3, 2]))]);
        using var predictor = new Predictor(model);
        var expected = predictor.Predict([.. rows.Select(x => (double)x)]);
        Assert.Equal(expected.Select(p => model.Facts.Classes[p.Class]), outputs.Single(o => o.Name == "label").AsEnumerable<string>());
        Assert.All(
            expected.SelectMany(p => p.Values).Zip(outputs.Single(o => o.Name == "probabilities").AsEnumerable<float>()), v => Assert.Equal(v.First, v.Second, 1e-5));
    }
}
