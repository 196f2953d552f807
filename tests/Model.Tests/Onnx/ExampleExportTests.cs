using System.Reflection;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;
using Granary.Model.Prediction;
using Granary.Model.Training;

namespace Granary.Model.Tests.Onnx;

/// <summary>Every example's model, on that example's own data: what ONNX Runtime gives is what Granary gives. Weights are random, as large as trained ones.</summary>
public class ExampleExportTests
{
    private const int Windows = 4;

    private static string Folder => Path.Combine(
        typeof(ExampleExportTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Root").Value!, "examples");

    public static TheoryData<string> Examples => [.. Directory.GetFiles(Folder, "*.yaml").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_s_model_agrees_on_the_example_s_data(string example)
    {
        Assert.SkipWhen(example.StartsWith("fashion-", StringComparison.Ordinal) && !Directory.Exists("/usr/share/datasets/fashion-mnist"), "Debian's dataset-fashion-mnist is not installed");
        var path = Path.Combine(Folder, example);
        var job = JobFile.Parse(File.ReadAllText(path), path, Folder, [], Folder);
        var (model, shards) = Model(job);
        if (model.Facts.Table is { } table)
        {
            using var rows = InputRows.Of(model, job.Data.Path);
            using var predictor = new Predictor(model);
            var expected = rows.Batches.SelectMany(b => predictor.Predict(b)).SelectMany(p => p.Values).ToArray();
            using var session = new OnnxSession(model);
            using var outputs = new OnnxSession.Outputs(session.Session.Run(Cells.Read(File.ReadAllText(job.Data.Path)).Inputs(table)));
            Assert.Equal(expected, outputs.Numbers("probabilities"), (x, y) => Math.Abs(x - y) < OnnxAgreement.Tolerance);
        }
        else if (job.Data.Examples == ExampleKind.Windows)
        {
            using var examples = shards[0].Prepare(model.Facts);
            using var scope = TorchSharp.torch.NewDisposeScope();
            TextExportTests.Agrees(model, examples.Validation(0, Windows).Inputs.contiguous().data<long>().ToArray(), Windows, job.Model.Context);
        }
        else if (job.Data.Examples == ExampleKind.Pairs)
        {
            using var session = new OnnxSession(model);
            using var outputs = session.Run("words", [.. model.Facts.Classes], model.Facts.Classes.Count);
            Assert.Equal(model.Weights[..(model.Facts.Classes.Count * model.Model.Width)], outputs.Get<float>("vectors"));
        }
        else
        {
            using var rows = InputRows.Of(model, job.Data.Path);
            OnnxAgreement.Of(model, rows.Batches.First());
        }
    }

    private static (TrainedModel Model, ShardData[] Shards) Model(Job job)
    {
        var shards = Enumerable.Range(0, job.Data.Shards).Select(v => ShardData.Read(job, v)).ToArray();
        var facts = DataPlan.Merge(job, [.. shards.Select(s => s.Survey)]);
        facts = StatisticsPlan.Gather(job, facts, asked => Task.FromResult<IReadOnlyList<TrainingStatistics>>([.. shards.Select(s => s.Statistics(asked))])).GetAwaiter().GetResult();
        var shape = ModelShape.Of(job.Model, facts.Shape);
        var weights = new float[ModelShape.Weights(shape)];
        InitialWeights.Fill<float>([.. shape.Select(p => p with { Start = Initialisation.Uniform, Scale = 0.1 })], job.Training.Seed, weights);
        return (new TrainedModel(job.Name, job.Model, job.Data, facts, shape, weights), shards);
    }
}
