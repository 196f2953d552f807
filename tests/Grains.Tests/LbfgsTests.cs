using System.Globalization;
using Granary.Contracts;
using Granary.Jobs;
using Granary.Model.Files;

namespace Granary.Grains.Tests;

/// <summary>L-BFGS on a test cluster, against scikit-learn's optimum (tests/golden/optima.py) and against itself on other clusters.</summary>
public sealed class LbfgsTests : IDisposable
{
    private static readonly string Data = GoldenFiles.Of("../../examples/data");

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Job Job(string data, double penalty, Precision precision, double tolerance = 1e-6, int epochs = 1000) => new(
        1,
        Path.GetFileNameWithoutExtension(data),
        new ModelSection { Kind = data == "digits.csv" ? "softmax" : "logistic", Precision = precision },
        new DataSection { Format = "csv", Path = Path.Combine(Data, data), Label = "label", Standardize = true, Shards = 6 },
        new TrainingSection
        {
            Epochs = epochs,
            Batch = TrainingSection.AllExamples,
            Optimizer = new OptimizerSection { Kind = OptimizerKind.Lbfgs, WeightDecay = penalty, Tolerance = tolerance },
        });

    [Fact]
    public async Task Two_silos_reach_the_optimum_of_scikit_learn()
    {
        await using var cluster = await GranaryCluster.Deploy(2, _folder);
        foreach (var (golden, precision) in GoldenFiles.List("optima.json").SelectMany(g => Enum.GetValues<Precision>().Select(p => (g, p))))
        {
            var (data, penalty) = ((string)golden!["data"]!, (double)golden["penalty"]!);
            var status = await cluster.Run(Job(data, penalty, precision));
            Assert.True(status.State == JobState.Completed, status.Failure);
            Assert.InRange(status.Step, 5, 200); // the tolerance has ended it
            Assert.Equal(status.Step * Rows(data), status.Examples); // probes do not count
            var objective = Objective(TrainedModel.Load(Path.Combine(status.Result!.Output, "model.safetensors")).Weights, data, penalty);
            Assert.Equal((double)golden["objective"]!, objective, 1e-7); // of 0.06 to 0.27
        }
    }

    private static long Rows(string data) => File.ReadAllLines(Path.Combine(Data, data)).Length - 1;

    private static Job Case(string name, int epochs) => name switch
    {
        "breast-cancer" => Job("breast-cancer.csv", 0.1, Precision.Float32, epochs: epochs),
        "digits" => Job("digits.csv", 0.001, Precision.Float64, tolerance: 0, epochs: epochs),
        _ => Job("digits.csv", 0.001, Precision.Float32, tolerance: 0, epochs: epochs) with
        {
            Model = new ModelSection { Kind = "mlp", Hidden = [512], Activation = Activation.Tanh },
        },
    };

    [Fact]
    public async Task The_weights_do_not_show_the_cluster()
    {
        var found = new List<(string Case, string Sha256, long Step, double? Loss)>();
        foreach (var silos in new[] { 1, 2, 3 })
        {
            await using var cluster = await GranaryCluster.Deploy(silos, _folder);
            foreach (var name in new[] { "breast-cancer", "digits", "mlp of three blocks" })
            {
                var status = await cluster.Run(Case(name, name == "breast-cancer" ? 100 : 12));
                Assert.True(status.State == JobState.Completed, status.Failure);
                Assert.Equal(silos, status.Members.Count);
                found.Add((name, status.Result!.WeightsSha256, status.Step, status.Result.TrainLoss));
            }
        }

        Assert.Equal(3, found.Distinct().Count());
    }

    // A damaged chunk ends the generation in the middle of a pass; who goes on has the history, and computes the pass again.
    [Fact]
    public async Task A_generation_that_ends_in_the_middle_of_a_search_does_not_show_in_the_weights()
    {
        await using var cluster = await GranaryCluster.Deploy(3, _folder);
        var undisturbed = await cluster.Run(Case("digits", 70));
        await cluster.HoldBack(milliseconds: 20);
        var coordinator = await cluster.Submit(Case("digits", 70));
        foreach (var (step, blows) in new[] { (7, 1), (26, 2), (42, 3) })
        {
            var status = await GranaryCluster.Until(coordinator, s => s.Step >= step);
            await cluster.InjectFault(status.Members[step % 3].Name, new Fault(FaultKind.Corrupt));
            await GranaryCluster.Until(coordinator, s => s.Recoveries >= blows || s.State is JobState.Completed or JobState.Failed);
        }

        var ended = await GranaryCluster.Until(coordinator, s => s.State is JobState.Completed or JobState.Failed);
        Assert.True(ended.State == JobState.Completed, ended.Failure);
        Assert.Equal(3, ended.Recoveries);
        Assert.Equal((undisturbed.Result!.WeightsSha256, undisturbed.Step), (ended.Result!.WeightsSha256, ended.Step));
        Assert.Equal(undisturbed.Points.Select(p => p.Loss), ended.Points.Select(p => p.Loss));
    }

    // The whole history comes back from the disk.
    [Theory]
    [InlineData("digits")]
    [InlineData("mlp of three blocks")]
    public async Task A_pause_does_not_show_in_the_weights(string name)
    {
        await using var cluster = await GranaryCluster.Deploy(2, _folder);
        var undisturbed = await cluster.Run(Case(name, 40));
        await cluster.HoldBack(milliseconds: 20);
        var coordinator = await cluster.Submit(Case(name, 40));
        await GranaryCluster.Until(coordinator, s => s.Step >= 17);
        await coordinator.Pause();
        var paused = await GranaryCluster.Until(coordinator, s => s.State is not JobState.Running);
        Assert.Equal(JobState.Paused, paused.State);
        Assert.InRange(paused.Step, 17, 39);
        await cluster.LetGo();
        await cluster.Client.GetGrain<ICatalogueGrain>(0).Resume(paused.JobId);
        var ended = await GranaryCluster.Until(coordinator, s => s.State is JobState.Completed or JobState.Failed);
        Assert.True(ended.State == JobState.Completed, ended.Failure);
        Assert.Equal(undisturbed.Result!.WeightsSha256, ended.Result!.WeightsSha256);
        Assert.Contains(await coordinator.Events(), e => e.Message.EndsWith(", from its checkpoint", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_continued_job_has_the_bits_of_one_that_long_from_the_start_and_a_converged_one_stays_where_it_is()
    {
        await using var cluster = await GranaryCluster.Deploy(2, _folder);
        async Task<JobStatus> Continued(string data, string run, int epochs)
        {
            var id = await cluster.Client.GetGrain<ICatalogueGrain>(0).Submit(new Submission(Case(data, epochs), null, Continue: run));
            return await GranaryCluster.Until(cluster.Client.GetGrain<ICoordinatorGrain>(id), s => s.State is JobState.Completed or JobState.Failed);
        }

        var whole = await cluster.Run(Case("digits", 30));
        var part = await cluster.Run(Case("digits", 13));
        var rest = await Continued("digits", part.Result!.Output, 30);
        Assert.True(rest.State == JobState.Completed, rest.Failure);
        Assert.NotEqual(part.Result.WeightsSha256, rest.Result!.WeightsSha256);
        Assert.Equal(whole.Result! with { Output = "" }, rest.Result with { Output = "" });
        Assert.Equal(whole.Points.Select(p => p.Loss), rest.Points.Select(p => p.Loss));

        var converged = await cluster.Run(Case("breast-cancer", 100));
        Assert.InRange(converged.Step, 5, 99);
        var again = await Continued("breast-cancer", converged.Result!.Output, 1000);
        Assert.True(again.State == JobState.Completed, again.Failure);
        Assert.Equal((converged.Step, converged.Result with { Output = "" }), (again.Step, again.Result! with { Output = "" }));
    }

    // Without a penalty the weights grow for ever, and the held-out loss has a least one on the way.
    [Fact]
    public async Task The_best_version_is_published_and_early_stopping_ends_a_search()
    {
        var job = Case("breast-cancer", 100);
        job = job with
        {
            Data = job.Data with { Validation = new() { Fraction = 0.2 } },
            Training = job.Training with { Keep = KeptModel.Best, Optimizer = job.Training.Optimizer with { WeightDecay = 0 } },
        };
        await using var cluster = await GranaryCluster.Deploy(2, _folder);
        var full = await cluster.Run(job);
        var best = full.Points.MinBy(p => p.ValidationLoss!.Value)!;
        Assert.InRange(best.Step, 2, full.Step - 5);
        Assert.Equal((best.Step, best.ValidationLoss), (full.Result!.Step, full.Result.ValidationLoss));

        var early = await cluster.Run(job with { Training = job.Training with { EarlyStopping = new() { Patience = 3 } } });
        Assert.True(early.Result!.StoppedEarly);
        Assert.Equal(best.Step + 3, early.Step);
        Assert.Equal((best.Step, full.Result.WeightsSha256), (early.Result.Step, early.Result.WeightsSha256));

        // A job that ends there has these weights.
        var last = await cluster.Run(job with { Training = job.Training with { Epochs = (int)best.Step, Keep = KeptModel.Last } });
        Assert.Equal(last.Result!.WeightsSha256, full.Result.WeightsSha256);
    }

    // From the file and the formula alone.
    private static double Objective(IReadOnlyList<float> weights, string data, double penalty)
    {
        var lines = File.ReadAllLines(Path.Combine(Data, data)).Skip(1).Select(l => l.Split(',')).ToArray();
        var features = lines[0].Length - 1;
        var x = lines.Select(l => l[..features].Select(c => double.Parse(c, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        for (var f = 0; f < features; f++)
        {
            var mean = x.Average(row => row[f]);
            var deviation = Math.Sqrt(x.Average(row => (row[f] - mean) * (row[f] - mean)));
            foreach (var row in x)
            {
                row[f] = deviation > 1e-12 ? (row[f] - mean) / deviation : 0;
            }
        }

        string[] labels = [.. lines.Select(l => l[features]).Distinct().OrderBy(l => l, StringComparer.Ordinal)];
        var outputs = weights.Count / (features + 1);
        double Score(double[] row, int k) => weights[(outputs * features) + k] + row.Select((v, f) => v * weights[(k * features) + f]).Sum();
        double Loss(double[] row, int label)
        {
            double[] z = outputs == 1 ? [0, Score(row, 0)] : [.. Enumerable.Range(0, outputs).Select(k => Score(row, k))];
            return z.Max() + Math.Log(z.Sum(v => Math.Exp(v - z.Max()))) - z[label];
        }

        return x.Select((row, i) => Loss(row, Array.IndexOf(labels, lines[i][features]))).Average()
            + (penalty / 2 * weights.Take(outputs * features).Sum(w => (double)w * w));
    }
}
