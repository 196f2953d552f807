using System.Numerics;
using System.Runtime.CompilerServices;
using Granary.Contracts;
using Granary.Jobs;
using Granary.Model.Custom;
using Granary.Model.Training;

namespace Granary.Grains.Tests;

/// <summary>An optimiser from outside, with three vectors of state: it needs one class and one registration, and keeps every promise of the built-in ones.</summary>
public sealed class OwnOptimizerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [ModuleInitializer]
    internal static void Register() => OwnOptimizers.Add("amsgrad", options => new AmsGrad(options));

    // 67,843 weights in five blocks: slices, replicas of the state, checkpoints and transfers all have a part.
    private Job Job(int epochs, Dictionary<string, string>? options = null)
    {
        var path = Path.Combine(_folder, "blobs.csv");
        var random = new Random(7);
        File.WriteAllText(path, "x,y,label\n" + string.Concat(Enumerable.Range(0, 200).Select(i => FormattableString.Invariant(
            $"{random.NextDouble() + (i % 3 * 2)},{random.NextDouble() - (i % 3 % 2)},c{i % 3}\n"))));
        return new Job(
            1,
            "blobs",
            new ModelSection { Kind = "mlp", Hidden = [256, 256] },
            new DataSection { Format = "csv", Path = path, Label = "label", Standardize = true, Shards = 6 },
            new TrainingSection
            {
                Epochs = epochs,
                Batch = 20,
                Optimizer = new() { Kind = OptimizerKind.Own, OwnKind = "amsgrad", LearningRate = 0.001, Options = options ?? [] },
                Checkpoint = new() { Seconds = 0, Steps = 50 },
            });
    }

    private async Task<JobStatus> Undisturbed(Job job)
    {
        await using var cluster = await GranaryCluster.Deploy(1, _folder);
        return await cluster.Run(job);
    }

    [Fact]
    public async Task Two_silos_of_which_one_is_killed_end_with_the_weights_of_one()
    {
        var job = Job(epochs: 60, new() { ["beta2"] = "0.99" });
        var expected = await Undisturbed(job);
        Assert.True(expected.State == JobState.Completed, expected.Failure);
        await using var cluster = await GranaryCluster.Deploy(2, _folder);
        await cluster.HoldBack(milliseconds: 2);
        var coordinator = await cluster.Submit(job);
        var running = await GranaryCluster.Until(coordinator, s => s.Step >= 200);
        await cluster.Kill(running.Members[^1].Name);
        await cluster.LetGo();
        var status = await GranaryCluster.Until(coordinator, s => s.State is JobState.Completed or JobState.Failed);
        Assert.True(status.State == JobState.Completed, status.Failure);
        Assert.True(status.Recoveries > 0);
        Assert.Equal(expected.Result!.WeightsSha256, status.Result!.WeightsSha256);
        Assert.NotEqual(expected.Result.WeightsSha256, (await Undisturbed(Job(epochs: 60))).Result!.WeightsSha256); // the option was heard
    }

    [Fact]
    public async Task An_option_that_it_does_not_have_ends_the_job_with_one_message()
    {
        var status = await Undisturbed(Job(epochs: 1, new() { ["beta3"] = "0.5" }));
        Assert.Equal(JobState.Failed, status.State);
        Assert.Contains("training.optimizer.options.beta3 is no option of amsgrad: it has beta1, beta2, epsilon.", status.Failure);
    }

    [Fact]
    public void A_job_file_can_name_it_and_no_other()
    {
        var job = Job(epochs: 1, new() { ["beta1"] = "0.8" });
        var text = JobFile.Write(job);
        Assert.Equal(job, JobFile.Parse(text, "j.yaml", _folder, [], _folder));
        Assert.Contains("is 'amsgrat', but must be one of sgd, momentum, adam, adamw, lbfgs, amsgrad. Did you mean amsgrad?",
            Assert.Throws<JobException>(() => JobFile.Parse(text, "j.yaml", _folder, ["training.optimizer.kind=amsgrat"], _folder)).Message);
        Assert.Contains("training.optimizer.options has no meaning for adam: it belongs to kinds of one's own.",
            Assert.Throws<JobException>(() => JobFile.Parse(text, "j.yaml", _folder, ["training.optimizer.kind=adam"], _folder)).Message);
        Assert.Equal(3, job.Training.Optimizer.StatePerWeight());
    }

    /// <summary>Reddi, Kale and Kumar, 2018: Adam by the greatest mean of squares so far.</summary>
    private sealed class AmsGrad(OptimizerOptions options) : IOptimizer
    {
        private readonly double _beta1 = options.Number("beta1", 0.9);
        private readonly double _beta2 = options.Number("beta2", 0.999);
        private readonly double _epsilon = options.Number("epsilon", 1e-8);

        public IReadOnlyList<string> State { get; } = ["mean", "square", "greatest square"];

        public void Update<T>(in UpdateRun<T> run)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            static Vector<T> All(double value) => new(T.CreateChecked(value));

            var (beta1, rest1, beta2, rest2) = (All(_beta1), All(1 - _beta1), All(_beta2), All(1 - _beta2));
            var (rate, epsilon) = (All(run.Rate), All(_epsilon));
            for (var i = 0; i < run.Length; i++)
            {
                var g = run.Gradient[i];
                var m = (beta1 * run.State(0)[i]) + (rest1 * g);
                var v = (beta2 * run.State(1)[i]) + (rest2 * g * g);
                var greatest = Vector.Max(run.State(2)[i], v);
                run.NewState(0)[i] = m;
                run.NewState(1)[i] = v;
                run.NewState(2)[i] = greatest;
                run.NewWeights[i] = run.Weights[i] - (rate * m / (Vector.SquareRoot(greatest) + epsilon));
            }
        }
    }
}
