using System.Globalization;
using System.Text.Json;
using Granary.Contracts;
using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Prediction;

namespace Granary.Grains.Tests;

/// <summary>Regressions on a test cluster: optima against the normal equations and scikit-learn (tests/golden/regression.py), figures against scikit-learn, and
/// the same bits on every cluster.</summary>
public sealed class RegressionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed record Scales(double Mean, double Deviation);

    private sealed record Evaluated(
        string Loss, double[][] X, double[] Y, double[] W, double B, double[] Mean, double[] Deviation, Scales? Scaling, Dictionary<string, double> Figures);

    private sealed record Optimum(string Loss, double Penalty, double[][] X, double[] Y, double[] W, double B);

    private sealed record Golden(Evaluated[] Evaluations, Optimum[] Optima);

    private static Golden Numbers => JsonSerializer.Deserialize<Golden>(File.ReadAllText(GoldenFiles.Of("regression.json")), JsonSerializerOptions.Web)!;

    private static Loss LossOf(string name) => Enum.GetValues<Loss>().Single(l => Kebab.Name(l) == name);

    private string Table(string name, double[][] x, double[] y)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, $"{string.Join(',', x[0].Select((_, f) => $"x{f}"))},y\n" + string.Concat(x.Select((row, i) =>
            string.Join(',', row.Append(y[i]).Select(v => v.ToString("R", CultureInfo.InvariantCulture))) + "\n")));
        return path;
    }

    private static Job Job(string path, ModelSection model, TrainingSection training, bool standardize = false, double held = 0) => new(
        1,
        "regression",
        model,
        new DataSection
        {
            Format = "csv",
            Path = path,
            Label = "y",
            Target = LabelTarget.Number,
            Standardize = standardize,
            StandardizeTarget = standardize,
            Shards = 5,
            Validation = new() { Fraction = held },
        },
        training);

    private static ModelSection Linear(Loss loss = Loss.SquaredError) => new() { Kind = "linear", Loss = loss, Precision = Precision.Float64 };

    // Gauss' elimination of (2 Z'Z / N + lambda I) w = 2 Z'y / N, Z with a column of ones that is not penalised.
    private static double[] NormalEquations(double[][] x, double[] y, double penalty)
    {
        double[][] z = [.. x.Select(row => (double[])[.. row, 1])];
        var n = z[0].Length;
        var a = new double[n][];
        for (var i = 0; i < n; i++)
        {
            a[i] = [.. Enumerable.Range(0, n).Select(j => (2 * z.Sum(r => r[i] * r[j]) / z.Length) + (i == j && i < n - 1 ? penalty : 0)), 2 * z.Zip(y, (r, t) => r[i] * t).Sum() / z.Length];
        }

        for (var p = 0; p < n; p++)
        {
            for (var i = 0; i < n; i++)
            {
                if (i != p)
                {
                    var factor = a[i][p] / a[p][p];
                    a[i] = [.. a[i].Zip(a[p], (u, v) => u - (factor * v))];
                }
            }
        }

        return [.. a.Select((row, i) => row[n] / row[i])];
    }

    [Fact]
    public async Task Two_silos_reach_the_optimum_of_the_normal_equations_and_of_scikit_learn()
    {
        await using var cluster = await GranaryCluster.Deploy(2, _folder);
        foreach (var (optimum, i) in Numbers.Optima.Select((o, i) => (o, i)))
        {
            var training = new TrainingSection
            {
                Epochs = 200,
                Batch = TrainingSection.AllExamples,
                Optimizer = new() { Kind = OptimizerKind.Lbfgs, WeightDecay = optimum.Penalty, Tolerance = 1e-11 },
            };
            var status = await cluster.Run(Job(Table($"o{i}.csv", optimum.X, optimum.Y), Linear(LossOf(optimum.Loss)), training));
            Assert.True(status.State == JobState.Completed, status.Failure);
            var weights = TrainedModel.Load(status.Result!.Output).Weights; // float32: of such small ones within 1e-8
            double[] expected = optimum.Loss == "poisson" ? [.. optimum.W, optimum.B] : NormalEquations(optimum.X, optimum.Y, optimum.Penalty);
            for (var w = 0; w < weights.Length; w++)
            {
                Assert.Equal(expected[w], weights[w], 1e-8);
                Assert.Equal(w < optimum.W.Length ? optimum.W[w] : optimum.B, weights[w], optimum.Loss == "poisson" ? 1e-7 : 1e-8);
            }
        }
    }

    // The model and its data as files.
    private (string Model, string Data) Save(Evaluated c)
    {
        string[] columns = [.. c.X[0].Select((_, f) => $"x{f}")];
        var scaling = c.Scaling is { } s ? new TargetScaling(s.Mean, s.Deviation) : null;
        var job = new Job(
            1,
            "golden",
            Linear(LossOf(c.Loss)),
            new DataSection { Format = "csv", Path = "x.csv", Label = "y", Standardize = true, StandardizeTarget = scaling is not null, Target = LabelTarget.Number, Shards = 7 },
            new TrainingSection { Epochs = 1 });
        var facts = new DataFacts(new InputShape(columns.Length, 0), [], [], [], new Scaling(c.Mean, c.Deviation)) { Columns = columns, TargetScaling = scaling };
        var model = Path.Combine(_folder, $"{c.Loss}.safetensors");
        SavedModel.Write(model, job, facts, ModelShape.Of(job.Model, facts.Shape), (float[])[.. c.W.Append(c.B).Select(w => (float)w)]);
        return (model, Table($"{c.Loss}.csv", c.X, c.Y));
    }

    [Fact]
    public async Task Figures_are_those_of_scikit_learn_to_the_same_digits_on_any_cluster()
    {
        var cases = Numbers.Evaluations.Select(c => (Case: c, Files: Save(c))).ToArray();
        var reports = new List<string>();
        foreach (var silos in new[] { 1, 3 })
        {
            reports.Add(await SmallCluster.With(_folder, async grains =>
            {
                var found = new List<EvaluationReport>();
                foreach (var (c, (model, data)) in cases)
                {
                    var answer = await GranaryCluster.Evaluate(grains, model, data);
                    Assert.Null(answer.Failure);
                    var numbers = answer.Report!.Numbers!;
                    Assert.Equal(c.Figures["mse"], numbers.Mse, 1e-12 * c.Figures["mse"]);
                    Assert.Equal(c.Figures["rmse"], numbers.Rmse, 1e-12 * c.Figures["rmse"]);
                    Assert.Equal(c.Figures["mae"], numbers.Mae, 1e-12 * c.Figures["mae"]);
                    Assert.Equal(c.Figures["r2"], numbers.R2!.Value, 1e-12);
                    Assert.Empty(answer.Report.Classes);
                    found.Add(answer.Report);
                }

                return JsonSerializer.Serialize(found);
            }, [.. Enumerable.Repeat("cpu", silos)]));
        }

        Assert.Equal(reports[0], reports[1]); // every digit
    }

    [Fact]
    public async Task The_weights_and_figures_do_not_show_the_cluster_nor_a_kill()
    {
        var golden = Numbers.Evaluations[0];
        var path = Table("w.csv", golden.X, golden.Y);
        var model = new ModelSection { Kind = "mlp", Hidden = [6], Activation = Activation.Tanh, Loss = Loss.Huber };
        var job = Job(path, model, new TrainingSection { Epochs = 40, Batch = 16, Seed = 3 }, standardize: true, held: 0.25);
        var found = new List<(string Sha256, NumberFigures Figures)>();
        foreach (var silos in new[] { 1, 2, 3 })
        {
            await using var cluster = await GranaryCluster.Deploy(silos, _folder);
            var status = silos < 3 ? await cluster.Run(job) : await cluster.RunThroughAKill(job, step: 40);

            Assert.True(status.State == JobState.Completed, status.Failure);
            Assert.Null(status.Result!.ValidationAccuracy);
            found.Add((status.Result.WeightsSha256, status.Result.ValidationNumbers!));
            Assert.Equal(status.Result.ValidationNumbers, status.Points[^1].ValidationNumbers);
            Said(status.Result, golden);
        }

        Assert.Single(found.Distinct());
        Assert.InRange(found[0].Figures.R2!.Value, 0.5, 1);
    }

    // The saved model says, by predict, numbers in the target's own units: near those that it was trained on.
    private static void Said(JobResult result, Evaluated golden)
    {
        using var predictor = new Predictor(TrainedModel.Load(result.Output));
        Assert.True(predictor.GivesNumbers);
        var predicted = predictor.Predict([.. golden.X.SelectMany(x => x)]);
        Assert.All(predicted, p => Assert.Equal((-1, 1), (p.Class, p.Values.Length)));
        var rmse = Math.Sqrt(predicted.Zip(golden.Y, (p, y) => (p.Values[0] - y) * (p.Values[0] - y)).Average());
        Assert.InRange(rmse / result.ValidationNumbers!.Rmse, 0.5, 1.5);
    }
}
