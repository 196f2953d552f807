using System.Globalization;
using System.Text.Json;
using Granary.Contracts;
using Granary.Jobs;
using Granary.Model.Files;

namespace Granary.Grains.Tests;

/// <summary>Weighted rows on a test cluster: scikit-learn's optima with sample_weight (tests/golden/weights.py), repeated rows, and the same bits on every cluster.</summary>
public sealed class RowWeightTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed record Optimum(string Kind, double ClassWeight, double[][] X, double[] Y, double[] Weights, double[] W, double B);

    private sealed record Golden(double Penalty, Optimum[] Optima);

    private static Golden Numbers { get; } = JsonSerializer.Deserialize<Golden>(File.ReadAllText(GoldenFiles.Of("weights.json")), JsonSerializerOptions.Web)!;

    private string Table(string name, IEnumerable<(double[] X, double Y, double Weight)> rows)
    {
        var path = Path.Combine(_folder, name);
        (double[] X, double Y, double Weight)[] all = [.. rows];
        File.WriteAllText(path, $"w,{string.Join(',', all[0].X.Select((_, f) => $"x{f}"))},y\n" + string.Concat(all.Select(r =>
            string.Join(',', r.X.Prepend(r.Weight).Append(r.Y).Select(v => v.ToString("R", CultureInfo.InvariantCulture))) + "\n")));
        return path;
    }

    private static IEnumerable<(double[] X, double Y, double Weight)> Rows(Optimum o) => o.X.Select((x, i) => (x, o.Y[i], o.Weights[i]));

    private static Job Job(string path, string kind, TrainingSection training, ValidationSection? held = null, string? weight = "w") => new(
        1,
        "weighted",
        new ModelSection { Kind = kind, Loss = kind == "linear" ? Loss.SquaredError : Loss.CrossEntropy, Precision = Precision.Float64 },
        new DataSection
        {
            Format = "csv",
            Path = path,
            Label = "y",
            Weight = weight,
            Ignore = weight is null ? ["w"] : [],
            Target = kind == "linear" ? LabelTarget.Number : LabelTarget.Auto,
            Shards = 5,
            Validation = held ?? new(),
        },
        training);

    [Fact]
    public async Task Two_silos_reach_the_optima_of_scikit_learn_with_sample_weight()
    {
        await using var cluster = await GranaryCluster.Deploy(2, _folder);
        foreach (var (optimum, i) in Numbers.Optima.Select((o, i) => (o, i)))
        {
            var training = new TrainingSection
            {
                Epochs = 300,
                Batch = TrainingSection.AllExamples,
                Optimizer = new() { Kind = OptimizerKind.Lbfgs, WeightDecay = Numbers.Penalty, Tolerance = 1e-11 },
                ClassWeights = optimum.ClassWeight == 1 ? null : new ClassWeights { ByLabel = new Dictionary<string, double> { ["1"] = optimum.ClassWeight } },
            };
            var status = await cluster.Run(Job(Table($"o{i}.csv", Rows(optimum)), optimum.Kind, training));
            Assert.True(status.State == JobState.Completed, status.Failure);
            var weights = TrainedModel.Load(status.Result!.Output).Weights; // float32
            Assert.All(weights.Zip(optimum.W.Append(optimum.B)), pair => Assert.Equal(pair.Second, pair.First, 2e-7));
        }
    }

    // Held-out rows lie in a file of their own: the losses of every step and every figure of the held-out part are those of rows that are there as often as they weigh.
    [Theory]
    [InlineData("logistic")]
    [InlineData("linear")]
    public async Task A_row_that_weighs_three_is_three_rows(string kind)
    {
        var optimum = Numbers.Optima.First(o => o.Kind == kind);
        var whole = Rows(optimum).Select((r, i) => r with { Weight = i * 7 % 4 }).ToArray();
        var often = whole.SelectMany(r => Enumerable.Repeat(r with { Weight = 1 }, (int)r.Weight)).ToArray();
        var (a, b) = (Table("a.csv", whole[..120]), Table("b.csv", often[..whole[..120].Sum(r => (int)r.Weight)]));
        var (heldA, heldB) = (Table("ha.csv", whole[120..]), Table("hb.csv", often[whole[..120].Sum(r => (int)r.Weight)..]));
        var training = new TrainingSection { Epochs = 30, Batch = TrainingSection.AllExamples, Optimizer = new() { LearningRate = 0.3 } };
        await using var cluster = await GranaryCluster.Deploy(2, _folder);
        var weighted = await cluster.Run(Job(a, kind, training, new() { Path = heldA }));
        var repeated = await cluster.Run(Job(b, kind, training, new() { Path = heldB }, weight: null));
        Assert.True(weighted.State == JobState.Completed, weighted.Failure);
        Assert.Equal(repeated.Points.Count, weighted.Points.Count);
        foreach (var (w, r) in weighted.Points.Zip(repeated.Points))
        {
            Assert.Equal(r.Loss, w.Loss, 1e-12);
            Assert.Equal(r.ValidationLoss!.Value, w.ValidationLoss!.Value, 1e-12);
            Same(r.ValidationAccuracy, w.ValidationAccuracy);
            Same(r.ValidationNumbers?.Mse, w.ValidationNumbers?.Mse);
            Same(r.ValidationNumbers?.Mae, w.ValidationNumbers?.Mae);
            Same(r.ValidationNumbers?.R2, w.ValidationNumbers?.R2);
        }

        Figures(repeated.Result!.ValidationFigures, weighted.Result!.ValidationFigures);
        var one = (await GranaryCluster.Evaluate(cluster.Client, weighted.Result.Output, heldA)).Report!;
        var other = (await GranaryCluster.Evaluate(cluster.Client, repeated.Result.Output, heldB)).Report!;
        Assert.Equal(("w", whole[120..].Sum(r => r.Weight)), (one.WeightedBy, one.Weight));
        Assert.Null(other.WeightedBy);
        Assert.Equal(other.Loss, one.Loss, 1e-7); // saved models are of float32
        Assert.Equal(other.Accuracy, one.Accuracy, 1e-12);
        Same(other.Numbers?.Mse, one.Numbers?.Mse, 1e-7);
        Figures(other.Figures, one.Figures, 1e-7);
    }

    private static void Same(double? expected, double? found, double near = 1e-12)
    {
        Assert.Equal(expected is null, found is null);
        Assert.Equal(expected ?? 0, found ?? 0, near);
    }

    private static void Figures(ClassFigures? expected, ClassFigures? found, double near = 1e-12)
    {
        Assert.Equal(expected is null, found is null);
        if (expected is null || found is null)
        {
            return;
        }

        Assert.Equal(expected.Accuracy, found.Accuracy, near);
        Assert.Equal(expected.Confusion!.SelectMany(r => r), found.Confusion!.SelectMany(r => r));
        foreach (var (e, f) in expected.Classes.Zip(found.Classes))
        {
            Assert.Equal((e.Support, e.Predicted), (f.Support, f.Predicted));
            Assert.Equal(e.F1, f.F1, near);
            Same(e.RocAuc, f.RocAuc);
            Same(e.AveragePrecision, f.AveragePrecision);
        }

        Assert.Equal(expected.Probabilities!.Brier, found.Probabilities!.Brier, near);
        Assert.Equal(expected.Probabilities.LogLoss, found.Probabilities.LogLoss, near);
        Assert.Equal(expected.Probabilities.CalibrationError, found.Probabilities.CalibrationError, near);
        Assert.True(found.Examples < expected.Examples);
    }

    [Fact]
    public async Task The_weights_and_figures_do_not_show_the_cluster_nor_a_kill()
    {
        var path = Table("w.csv", Rows(Numbers.Optima[0]));
        var job = Job(path, "mlp", new TrainingSection { Epochs = 40, Batch = 16, Seed = 3 }, new() { Fraction = 0.25, Threshold = "f1" });
        job = job with { Model = job.Model with { Hidden = [5], Precision = Precision.Float32 } };
        var found = new List<(string Sha256, string Figures)>();
        foreach (var silos in new[] { 1, 2, 3 })
        {
            await using var cluster = await GranaryCluster.Deploy(silos, _folder, storage: new SharedStorage()); // the silo that is killed may be the coordinator's
            var status = silos < 3 ? await cluster.Run(job) : await cluster.RunThroughAKill(job, step: 40);

            Assert.True(status.State == JobState.Completed, status.Failure);
            found.Add((status.Result!.WeightsSha256, JsonSerializer.Serialize(new { status.Result.ValidationLoss, status.Result.ValidationAccuracy, status.Result.ValidationFigures })));
        }

        Assert.Single(found.Distinct());
    }

    // A batch in which no row weighs anything has no direction: the model stays where it is, and nothing becomes NaN.
    [Fact]
    public async Task A_batch_that_weighs_nothing_changes_nothing()
    {
        var rows = Rows(Numbers.Optima[0]).Take(60).Select((r, i) => r with { Weight = i == 7 ? 2 : 0 });
        var status = await SmallCluster.Run(_folder, Job(Table("z.csv", rows), "logistic", new TrainingSection { Epochs = 2, Batch = 6, Optimizer = new() { LearningRate = 0.5 } }), "cpu", "cpu");
        Assert.True(status.State == JobState.Completed, status.Failure);
        Assert.Equal(2, status.Points.Count(p => p.Loss > 0)); // once an epoch
        Assert.Equal(Math.Log(2), status.Points.First(p => p.Loss > 0).Loss, 1e-12);
        Assert.All(status.Points, p => Assert.True(double.IsFinite(p.Loss)));
    }

    [Fact]
    public async Task Rows_to_be_evaluated_may_go_without_weights()
    {
        var optimum = Numbers.Optima[0];
        await using var cluster = await GranaryCluster.Deploy(1, _folder);
        var status = await cluster.Run(Job(Table("t.csv", Rows(optimum)), "logistic", new TrainingSection { Epochs = 3, Batch = 30 }));
        var without = Path.Combine(_folder, "without.csv");
        File.WriteAllLines(without, File.ReadLines(Path.Combine(_folder, "t.csv")).Select(l => l[(l.IndexOf(',') + 1)..]));
        var ones = Table("ones.csv", Rows(optimum).Select(r => r with { Weight = 1 }));
        var (plain, one) = ((await GranaryCluster.Evaluate(cluster.Client, status.Result!.Output, without)).Report!, (await GranaryCluster.Evaluate(cluster.Client, status.Result.Output, ones)).Report!);
        Assert.Null(plain.WeightedBy);
        Assert.Equal("w", one.WeightedBy);
        Assert.Equal(plain.Loss, one.Loss, 1e-12);
        Assert.Equal(plain.Accuracy, one.Accuracy);
        Assert.Equal(plain.Figures, one.Figures);
        var none = await GranaryCluster.Evaluate(cluster.Client, status.Result.Output, Table("none.csv", Rows(optimum).Select(r => r with { Weight = 0 })));
        Assert.Equal("none.csv: column 'w' (data.weight) is 0 in every row: there is nothing to measure on. Give rows a weight above 0, or take the column out.", none.Failure);
    }
}
