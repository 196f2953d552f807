using Granary.Model.Files;
using Granary.Model.Prediction;
using Granary.Model.Tests.Files;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Granary.Model.Tests.Onnx;

/// <summary>ML.NET's loader reads the files.</summary>
public sealed class MlNetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_pipeline_of_ML_NET_predicts_with_a_classifier()
    {
        var (model, path) = (SampleModels.Softmax(), Path.Combine(_folder, "m.onnx"));
        ModelExport.Write(model, ExportFormat.Onnx, path);
        var context = new MLContext();
        Row[] rows = [new() { Features = [4, 2] }, new() { Features = [-20, 10] }];
        var data = context.Data.LoadFromEnumerable(rows);
        var fitted = context.Transforms.ApplyOnnxModel(["label", "probabilities"], ["features"], path).Fit(data);
        var answers = context.Data.CreateEnumerable<Answer>(fitted.Transform(data), reuseRowObject: false).ToArray();
        using var predictor = new Predictor(model);
        foreach (var (expected, answer) in predictor.Predict([4, 2, -20, 10]).Zip(answers))
        {
            Assert.Equal([model.Facts.Classes[expected.Class]], answer.Label);
            Assert.All(expected.Values.Zip(answer.Probabilities), v => Assert.Equal(v.First, v.Second, 1e-5));
        }
    }

    private sealed class Row
    {
        [ColumnName("features")]
        [VectorType(2)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Answer
    {
        [ColumnName("label")]
        public string[] Label { get; set; } = [];

        [ColumnName("probabilities")]
        public float[] Probabilities { get; set; } = [];
    }
}
