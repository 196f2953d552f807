using System.Globalization;
using System.Text.Json;
using Granary.Contracts;
using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Prediction;

namespace Granary.Grains.Tests;

/// <summary>Several labels for a row on a test cluster: scikit-learn's optima and figures (tests/golden/multilabel.py), and the same bits on every cluster.</summary>
public sealed class MultiLabelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed record Optimum(double[][] X, double[][] Y, double[]? Weights, double[][] W, double[] B);

    private sealed record Means(double Precision, double Recall, double F1);

    private sealed record Evaluated(
        double[][] X, double[][] Y, double[]? Weights, double[][] W, double[] B, double Loss, double Accuracy, double Hamming, double[] Precision, double[] Recall, double[] F1, double[] Support,
        Dictionary<string, Means> Averages, double[] RocAuc, double[] AveragePrecision, double MicroRocAuc, double MicroAveragePrecision, double Brier);

    private sealed record Golden(double Penalty, Optimum[] Optima, Evaluated[] Evaluations);

    private static Golden Numbers { get; } = JsonSerializer.Deserialize<Golden>(File.ReadAllText(GoldenFiles.Of("multilabel.json")), JsonSerializerOptions.Web)!;

    private static readonly string[] Labels = ["l0", "l1", "l2"];

    // A label stands before the features, the others behind them.
    private string Table(string name, double[][] x, double[][] y, double[]? weights)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, $"l2,{string.Join(',', x[0].Select((_, f) => $"x{f}"))},l0,l1{(weights is null ? "" : ",w")}\n" + string.Concat(x.Select((row, i) =>
            string.Join(',', row.Prepend(y[i][2]).Append(y[i][0]).Append(y[i][1]).Concat(weights is null ? [] : [weights[i]]).Select(v => v.ToString("R", CultureInfo.InvariantCulture))) + "\n")));
        return path;
    }

    private static DataSection Data(string path, double[]? weights) => new()
    {
        Format = "csv",
        Path = path,
        Target = LabelTarget.Labels,
        LabelColumns = Labels,
        Weight = weights is null ? null : "w",
        Shards = 5,
    };

    [Fact]
    public async Task Two_silos_reach_the_optima_of_scikit_learn()
    {
        await using var cluster = await GranaryCluster.Deploy(2, _folder);
        foreach (var (optimum, i) in Numbers.Optima.Select((o, i) => (o, i)))
        {
            var training = new TrainingSection
            {
                Epochs = 400,
                Batch = TrainingSection.AllExamples,
                Optimizer = new() { Kind = OptimizerKind.Lbfgs, WeightDecay = Numbers.Penalty, Tolerance = 1e-11 },
            };
            var model = new ModelSection { Kind = "logistic", Precision = Precision.Float64 };
            var status = await cluster.Run(new Job(1, "labels", model, Data(Table($"o{i}.csv", optimum.X, optimum.Y, optimum.Weights), optimum.Weights), training));
            Assert.True(status.State == JobState.Completed, status.Failure);
            var weights = TrainedModel.Load(status.Result!.Output).Weights; // float32
            Assert.All(weights.Zip(optimum.W.SelectMany(w => w).Concat(optimum.B)), pair => Assert.Equal(pair.Second, pair.First, 1e-6));
        }
    }

    private (string Model, string Data) Save(Evaluated c, int i)
    {
        string[] columns = [.. c.X[0].Select((_, f) => $"x{f}")];
        var job = new Job(1, "golden", new ModelSection { Kind = "logistic", Precision = Precision.Float64 }, Data("x.csv", c.Weights) with { Shards = 7 }, new TrainingSection { Epochs = 1 });
        var facts = new DataFacts(new InputShape(columns.Length, 3) { IsMultiLabel = true }, Labels, [], [], null) { Columns = columns };
        var model = Path.Combine(_folder, $"m{i}.safetensors");
        SavedModel.Write(model, job, facts, ModelShape.Of(job.Model, facts.Shape), (float[])[.. c.W.SelectMany(w => w).Concat(c.B).Select(w => (float)w)]);
        return (model, Table($"e{i}.csv", c.X, c.Y, c.Weights));
    }

    [Fact]
    public async Task Figures_are_those_of_scikit_learn_to_the_same_digits_on_any_cluster()
    {
        var cases = Numbers.Evaluations.Select((c, i) => (Case: c, Files: Save(c, i))).ToArray();
        var reports = new List<string>();
        foreach (var silos in new[] { 1, 3 })
        {
            reports.Add(await SmallCluster.With(_folder, async grains =>
            {
                var found = new List<EvaluationReport>();
                foreach (var (c, (model, data)) in cases)
                {
                    var answer = await GranaryCluster.Evaluate(grains, model, data);
                    Assert.True(answer.Failure is null, answer.Failure);
                    Same(c, answer.Report!);
                    found.Add(answer.Report!);
                }

                return JsonSerializer.Serialize(found);
            }, [.. Enumerable.Repeat("cpu", silos)]));
        }

        Assert.Equal(reports[0], reports[1]); // every digit
    }

    private static void Same(Evaluated c, EvaluationReport report)
    {
        const double near = 1e-12;
        var figures = report.Figures!;
        Assert.Equal(Labels, report.Classes);
        Assert.Empty(report.Confusion);
        Assert.Null(report.RocAuc);
        Assert.Equal((c.X.Length, c.X.Length), (report.Examples, report.Predictions));
        Assert.Equal(c.Loss, report.Loss, near);
        Assert.Equal(c.Accuracy, report.Accuracy, near);
        Assert.Equal(c.Accuracy, figures.Accuracy, near);
        Assert.Equal(c.Hamming, figures.HammingLoss!.Value, near);
        for (var k = 0; k < 3; k++)
        {
            var label = figures.Classes[k];
            Assert.Equal(c.Precision[k], label.Precision, near);
            Assert.Equal(c.Recall[k], label.Recall, near);
            Assert.Equal(c.F1[k], label.F1, near);
            Assert.Equal(c.Support[k], label.Support, 1e-10);
            Assert.Equal(c.RocAuc[k], label.RocAuc!.Value, near);
            Assert.Equal(c.AveragePrecision[k], label.AveragePrecision!.Value, near);
        }

        foreach (var (name, ours) in new[] { ("macro", figures.Macro), ("micro", figures.Micro), ("weighted", figures.Weighted) })
        {
            Assert.Equal(c.Averages[name].Precision, ours.Precision, near);
            Assert.Equal(c.Averages[name].Recall, ours.Recall, near);
            Assert.Equal(c.Averages[name].F1, ours.F1, near);
        }

        Assert.Equal(c.RocAuc.Average(), figures.Macro.RocAuc!.Value, near);
        Assert.Equal(c.MicroRocAuc, figures.Micro.RocAuc!.Value, near);
        Assert.Equal(c.MicroAveragePrecision, figures.Micro.AveragePrecision!.Value, near);
        Assert.Equal(c.Brier, figures.Probabilities!.Brier, near);
        Assert.Equal(c.Loss, figures.Probabilities.LogLoss, near);
        Assert.Equal(["l0", "l1", "l2", "all labels"], report.Curves.Select(curve => curve.Name));
    }

    [Fact]
    public async Task The_weights_and_figures_do_not_show_the_cluster_nor_a_kill()
    {
        var golden = Numbers.Optima[1];
        var data = Data(Table("w.csv", golden.X, golden.Y, golden.Weights), golden.Weights) with { Validation = new() { Fraction = 0.25 } };
        var job = new Job(1, "labels", new ModelSection { Kind = "mlp", Hidden = [6], Activation = Activation.Tanh }, data, new TrainingSection { Epochs = 40, Batch = 16, Seed = 3, Optimizer = new() { LearningRate = 0.5 } });
        var found = new List<(string Sha256, string Figures)>();
        foreach (var silos in new[] { 1, 2, 3 })
        {
            await using var cluster = await GranaryCluster.Deploy(silos, _folder, storage: new SharedStorage()); // the silo that is killed may be the coordinator's
            var status = silos < 3 ? await cluster.Run(job) : await cluster.RunThroughAKill(job, step: 40);

            Assert.True(status.State == JobState.Completed, status.Failure);
            var figures = status.Result!.ValidationFigures!;
            Assert.Equal(status.Result.ValidationAccuracy!.Value, figures.Accuracy, 1e-6); // one of them in float32
            Assert.InRange(figures.Micro.F1, 0.5, 1);
            Assert.Null(figures.Confusion);
            found.Add((status.Result.WeightsSha256, JsonSerializer.Serialize(new { status.Result.ValidationLoss, status.Result.ValidationAccuracy, figures })));
            Said(status.Result, golden);
        }

        Assert.Single(found.Distinct());
    }

    // The saved model says, by predict, a probability for each label: those that rows have are more probable than the others.
    private static void Said(JobResult result, Optimum golden)
    {
        using var predictor = new Predictor(TrainedModel.Load(result.Output));
        Assert.True(predictor is { GivesLabels: true, GivesProbabilities: true, GivesNumbers: false });
        var predicted = predictor.Predict([.. golden.X.SelectMany(x => x)]);
        Assert.All(predicted, p => Assert.Equal((-1, 3), (p.Class, p.Values.Length)));
        for (var k = 0; k < 3; k++)
        {
            var label = k;
            Assert.True(predicted.Where((_, i) => golden.Y[i][label] == 1).Average(p => p.Values[label]) > predicted.Where((_, i) => golden.Y[i][label] == 0).Average(p => p.Values[label]));
            Assert.All(predicted, p => Assert.Equal(p.Values[label] >= 0.5, p.Labels![label]));
        }
    }
}
