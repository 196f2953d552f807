using System.Globalization;
using System.Text.Json;
using Granary.Contracts;
using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Prediction;

namespace Granary.Grains.Tests;

/// <summary>All figures of a job's held-out examples, and the threshold that it chooses by one of them.</summary>
public sealed class ThresholdTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Two clouds that overlap, a fifth of them of the second class; coordinates are rounded, so that scores are tied.
    private string Clouds(string name, int seed, int rows)
    {
        var (path, random) = (Path.Combine(_folder, name), new Random(seed));
        File.WriteAllText(path, "x,y,is\n" + string.Concat(Enumerable.Range(0, rows).Select(i => FormattableString.Invariant(
            $"{Math.Round(random.NextDouble() + (i % 5 == 0 ? 0.35 : 0), 1)},{Math.Round(random.NextDouble() - (i % 5 == 0 ? 0.35 : 0), 1)},{(i % 5 == 0 ? "yes" : "no")}\n"))));
        return path;
    }

    private static async Task<EvaluationReport> Evaluate(IGrainFactory grains, string model, string data)
    {
        var answer = await GranaryCluster.Evaluate(grains, model, data);
        Assert.Null(answer.Failure);
        return answer.Report!;
    }

    [Fact]
    public async Task A_threshold_is_chosen_on_the_held_out_examples_kept_and_gone_by()
    {
        var held = Clouds("held.csv", 2, 140);
        var job = new Job(
            1,
            "clouds",
            new ModelSection { Kind = "logistic", Precision = Precision.Float64 },
            new DataSection { Format = "csv", Path = Clouds("clouds.csv", 1, 300), Label = "is", Shards = 3, Validation = new() { Path = held, Threshold = "f1" } },
            new TrainingSection { Epochs = 8, Batch = 30, Optimizer = new() { LearningRate = 0.5 } });
        var found = new List<ClassFigures>();
        foreach (var silos in new[] { 1, 3 })
        {
            var evaluated = await SmallCluster.With(_folder, async grains =>
            {
                var coordinator = grains.GetGrain<ICoordinatorGrain>(await grains.GetGrain<ICatalogueGrain>(0).Submit(new Submission(job, null)));
                var status = await SmallCluster.Until(coordinator, s => s.State is JobState.Completed or JobState.Failed);
                Assert.True(status.State == JobState.Completed, status.Failure);
                found.Add(status.Result!.ValidationFigures!);
                return (status.Result, Report: await Evaluate(grains, status.Result.Output, held));
            }, [.. Enumerable.Repeat("cpu", silos)]);

            // Everything is the same when the saved model is evaluated again; its weights are float32.
            var (job1, again) = (found[^1], evaluated.Report.Figures!);
            Assert.Equal(job1.Threshold!.Value, again.Threshold!.Value);
            Assert.Equal(("f1", (string?)null), (again.Threshold.Rule, job1.Threshold.Missed));
            Assert.Equal(job1.Accuracy, again.Accuracy);
            Assert.Equal(JsonSerializer.Serialize(job1.Confusion), JsonSerializer.Serialize(again.Confusion));
            Assert.Equal(JsonSerializer.Serialize(job1.Classes), JsonSerializer.Serialize(again.Classes));
            Assert.Equal(job1.Probabilities!.Brier, again.Probabilities!.Brier, 1e-6);
            Assert.Equal(evaluated.Report.Accuracy, again.Accuracy);

            // And what predict says, counted by hand, has the greatest F1 that any threshold gives.
            var table = Path.Combine(_folder, $"said{silos}.csv");
            PredictionTable.Write(TrainedModel.Load(evaluated.Result.Output), held, table);
            var truths = File.ReadLines(held).Skip(1).Select(l => l.EndsWith("yes", StringComparison.Ordinal)).ToArray();
            var rows = File.ReadLines(table).Skip(1).Select(l => l.Split(',')).ToArray();
            double[] scores = [.. rows.Select(r => double.Parse(r[2], CultureInfo.InvariantCulture))];
            double F1(Func<int, bool> said) => Enumerable.Range(0, truths.Length) is var all && all.Count(i => truths[i] && said(i)) is var right
                ? 2.0 * right / (truths.Count(t => t) + all.Count(said)) : 0;
            var best = scores.Max(cut => F1(i => scores[i] >= cut));
            Assert.Equal(best, F1(i => rows[i][0] == "yes"), 1e-12);
            Assert.Equal(best, job1.Classes[1].F1, 1e-12);
            Assert.True(F1(i => scores[i] >= 0.5) < best); // a half would not have done

            var summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(evaluated.Result.Output, "summary.json"))).RootElement.GetProperty("validation").GetProperty("figures");
            Assert.Equal(best, summary.GetProperty("classes")[1].GetProperty("f1").GetDouble(), 1e-12);
        }

        Assert.Equal(JsonSerializer.Serialize(found[0]), JsonSerializer.Serialize(found[1])); // every digit
    }

    [Fact]
    public async Task Several_classes_have_figures_and_no_threshold()
    {
        var job = SmallCluster.Blobs(_folder);
        var status = await SmallCluster.Run(_folder, job, "cpu", "cpu");
        var figures = status.Result!.ValidationFigures!;
        Assert.Equal((3, status.Result.ValidationExamples), (figures.Classes.Count, figures.Examples));
        Assert.Equal(status.Result.ValidationAccuracy!.Value, figures.Accuracy, 1e-12);
        Assert.Equal(status.Result.ValidationLoss!.Value, figures.Probabilities!.LogLoss, 1e-6);
        Assert.NotNull(figures.Micro.AveragePrecision);
        Assert.Null(figures.Threshold);

        var refused = await SmallCluster.Run(_folder, job with { Data = job.Data with { Validation = new() { Fraction = 0.2, Threshold = "f1" } } }, "cpu");
        Assert.Contains("data.validation.threshold is f1, but blobs.csv has 3 classes: a threshold tells two apart", refused.Failure);
    }
}
