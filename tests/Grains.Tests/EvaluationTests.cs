using System.Globalization;
using System.Text.Json;
using CsCheck;
using Granary.Contracts;
using Granary.Jobs;
using Granary.Model.Evaluation;
using Granary.Model.Files;

namespace Granary.Grains.Tests;

/// <summary>Saved models evaluated on an Orleans test cluster: scikit-learn's figures, the same digits on any number of silos.</summary>
public sealed class EvaluationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<T> WithCluster<T>(int silos, Func<IGrainFactory, Task<T>> use) => SmallCluster.With(_folder, use, [.. Enumerable.Repeat("cpu", silos)]);

    private sealed record Case(
        string[] Classes, double[][] X, int[] Y, double[][] W, double[] B, double[] Mean, double[] Deviation, JsonElement Figures);

    // The model and its data as files; the columns stand in another order, with one that the model does not know.
    private (string Model, string Data) Save(Case c, int shards = 7)
    {
        string[] columns = [.. c.X[0].Select((_, f) => $"x{f}")];
        var kind = c.Classes.Length == 2 ? "logistic" : "softmax";
        var job = new Job(
            1,
            "golden",
            new ModelSection { Kind = kind, Precision = Precision.Float64 },
            new DataSection { Format = "csv", Path = "x.csv", Label = "y", Standardize = true, Shards = shards },
            new TrainingSection { Epochs = 1 });
        var facts = new DataFacts(new InputShape(columns.Length, c.Classes.Length), c.Classes, [], [], new Scaling(c.Mean, c.Deviation)) { Columns = columns };
        var model = Path.Combine(_folder, $"{kind}.safetensors");
        float[] flat = [.. c.W.SelectMany(w => w).Concat(c.B).Select(w => (float)w)];
        SavedModel.Write(model, job, facts, ModelShape.Of(job.Model, facts.Shape), flat);
        var data = Path.Combine(_folder, $"{kind}.csv");
        File.WriteAllText(data, $"extra,y,{string.Join(',', columns.Reverse())}\n" + string.Concat(c.X.Select((x, i) =>
            $"7,{c.Classes[c.Y[i]]},{string.Join(',', x.Reverse().Select(v => v.ToString("R", CultureInfo.InvariantCulture)))}\n")));
        return (model, data);
    }

    [Fact]
    public async Task Figures_are_those_of_scikit_learn_to_the_same_digits_on_any_cluster()
    {
        var cases = JsonSerializer.Deserialize<Dictionary<string, Case>>(
            await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "golden", "evaluation.json")), JsonSerializerOptions.Web)!;
        var files = cases.ToDictionary(c => c.Key, c => Save(c.Value));
        var reports = new List<Dictionary<string, EvaluationReport>>();
        foreach (var silos in new[] { 1, 2, 3 })
        {
            reports.Add(await WithCluster(silos, async grains =>
            {
                var found = new Dictionary<string, EvaluationReport>();
                foreach (var (name, (model, data)) in files)
                {
                    var answer = await GranaryCluster.Evaluate(grains, model, data);
                    Assert.Null(answer.Failure);
                    found.Add(name, answer.Report!);
                }

                return found;
            }));
        }

        foreach (var (name, expected) in cases)
        {
            var (report, figures) = (reports[0][name], expected.Figures);
            Assert.Equal(figures.GetProperty("accuracy").GetDouble(), report.Accuracy, 1e-15);
            Assert.Equal(figures.GetProperty("logLoss").GetDouble(), report.Loss, 1e-12);
            var confusion = figures.GetProperty("confusion");
            for (var i = 0; i < expected.Classes.Length; i++)
            {
                for (var j = 0; j < expected.Classes.Length; j++)
                {
                    Assert.Equal(confusion[i][j].GetInt64(), report.Confusion.Where(c => (c.Truth, c.Predicted) == (i, j)).Sum(c => c.Count));
                }
            }

            Assert.Equal(figures.TryGetProperty("rocAuc", out var area), report.RocAuc is not null);
            if (report.RocAuc is { } auc)
            {
                Assert.Equal(area.GetDouble(), auc, 1e-14);
            }

            foreach (var other in reports.Select(r => r[name]))
            {
                Assert.Equal(JsonSerializer.Serialize(report), JsonSerializer.Serialize(other)); // every digit
            }
        }
    }

    [Fact]
    public async Task The_importance_of_columns_is_the_same_to_the_last_digit_on_any_cluster_and_for_any_number_of_shards()
    {
        var cases = JsonSerializer.Deserialize<Dictionary<string, Case>>(
            await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "golden", "evaluation.json")), JsonSerializerOptions.Web)!;
        var question = new ImportanceQuestion(3, 9);
        var found = new List<ImportanceFigures>();
        foreach (var (silos, shards) in new[] { (1, 7), (2, 7), (2, 3) })
        {
            var (model, data) = Save(cases["binary"], shards);
            found.Add(await WithCluster(silos, async grains =>
            {
                Assert.Null((await GranaryCluster.Evaluate(grains, model, data)).Report!.Importance); // nobody has asked
                var answer = await GranaryCluster.Evaluate(grains, model, data, question);
                Assert.Null(answer.Failure);
                Assert.Equal(shards, answer.Report!.Shards);
                return answer.Report.Importance!;
            }));
            Assert.Equal(new PermutationImportance(TrainedModel.Load(model)).Run(data, null, question), found[^1]);
        }

        Assert.Single(found.Distinct());
        Assert.Equal(["x0", "x1", "x2"], found[0].Columns.Select(c => c.Column).Order());
        Assert.All(found[0].Columns, c => Assert.NotEqual(0, c.Loss!.Mean));
    }

    [Theory]
    [InlineData("y,x0,x1,x2\nc9,1,2,3\n", "the label 'c9' was never seen in training")]
    [InlineData("y,x0,x2\nc0,1,2\n", "logistic.csv:1: there is no column 'x1' (a feature that the model was trained on)")]
    [InlineData("x0,x1,x2\n1,2,3\n", "logistic.csv:1: there is no column 'y' (data.label)")]
    [InlineData("y,x0,x1,x2\nc0,1,?,3\n", "logistic.csv:2: column 'x1' holds '?': fill it in")]
    [InlineData("y,x0,x1,x2\n", "there is nothing to evaluate")]
    public async Task What_cannot_be_evaluated_is_said(string data, string message)
    {
        var cases = JsonSerializer.Deserialize<Dictionary<string, Case>>(
            await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "golden", "evaluation.json")), JsonSerializerOptions.Web)!;
        var (model, file) = Save(cases["binary"]);
        await File.WriteAllTextAsync(file, data);
        Assert.Contains(message, (await WithCluster(1, grains => GranaryCluster.Evaluate(grains, model, file))).Failure);
    }

    // Whatever the scores and however they are spread, it is the fraction of pairs in the right order.
    [Fact]
    public void The_area_is_the_fraction_of_pairs_in_the_right_order() => Gen.Select(Gen.Int[-2, 6], Gen.Bool).Array[1, 40].Sample(examples =>
    {
        var positives = examples.Count(e => e.Item2);
        var area = new RankCurve(positives, examples.Length - positives);
        foreach (var (score, positive) in examples.OrderBy(e => e.Item1))
        {
            area.Add(score, positive ? 1 : 0, positive ? 0 : 1);
        }

        double[] pairs = [.. from p in examples where p.Item2 from n in examples where !n.Item2 select p.Item1 > n.Item1 ? 1 : p.Item1 == n.Item1 ? 0.5 : 0];
        Assert.Equal(pairs.Length == 0 ? null : pairs.Sum() / pairs.Length, area.Result().RocAuc);
    });

    [Fact]
    public async Task A_text_s_perplexity_is_e_to_the_loss_that_training_measured()
    {
        var text = Path.Combine(_folder, "text.txt");
        var random = new Random(5);
        File.WriteAllText(text, string.Concat(Enumerable.Range(0, 3000).Select(_ => "abcd e"[random.Next(6) * random.Next(6) / 5])));
        var held = Path.Combine(_folder, "held.txt");
        File.WriteAllText(held, string.Concat(Enumerable.Range(0, 700).Select(_ => "abcd e"[random.Next(6) * random.Next(6) / 5])));
        var job = new Job(
            1,
            "text",
            new ModelSection { Kind = "transformer", Layers = 1, Width = 8, Heads = 2, Context = 16 },
            new DataSection { Format = "text", Path = text, Shards = 3, Validation = new() { Path = held } },
            new TrainingSection { Epochs = 2, Batch = 32, Optimizer = new() { Kind = OptimizerKind.Adam, LearningRate = 0.01 } });
        await WithCluster(2, async grains =>
        {
            var id = await grains.GetGrain<ICatalogueGrain>(0).Submit(new Submission(job, null));
            var status = await SmallCluster.Until(grains.GetGrain<ICoordinatorGrain>(id), s => s.State is JobState.Completed or JobState.Failed);
            var report = (await GranaryCluster.Evaluate(grains, status.Result!.Output, held)).Report!;
            Assert.Equal(status.Result.ValidationLoss!.Value, report.Loss, 1e-5);
            Assert.Equal(status.Result.ValidationAccuracy, report.Accuracy);
            Assert.Equal(Math.Exp(report.Loss), report.Perplexity);
            Assert.Equal(16 * report.Examples, report.Predictions);

            File.AppendAllText(held, "z");
            Assert.Contains("the character 'z' was never seen in training", (await GranaryCluster.Evaluate(grains, status.Result.Output, held)).Failure);
            return true;
        });
    }
}
