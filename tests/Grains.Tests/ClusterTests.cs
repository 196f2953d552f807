using System.Text.RegularExpressions;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Tests;

/// <summary>Jobs on an Orleans test cluster in this process.</summary>
public sealed class ClusterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<JobStatus> Run(int silos, Job job, string? from = null, Func<ICatalogueGrain, ICoordinatorGrain, Task>? meanwhile = null) =>
        SmallCluster.Run(_folder, new Submission(job, null, Continue: from), meanwhile, [.. Enumerable.Repeat("cpu", silos)]);

    private Job Blobs(int seed = 1, double rate = 0.5, ModelSection? model = null) => SmallCluster.Blobs(_folder, seed, rate, model);

    [Fact]
    public async Task A_job_converges_and_its_weights_do_not_show_the_cluster()
    {
        var one = await Run(1, Blobs());
        var three = await Run(3, Blobs());
        Assert.Equal(JobState.Completed, one.State);
        Assert.True(one.Result!.ValidationAccuracy >= 0.95, $"accuracy {one.Result.ValidationAccuracy}");
        Assert.Equal(one.Result.WeightsSha256, three.Result!.WeightsSha256);
        Assert.Equal(one.Result.ValidationLoss, three.Result.ValidationLoss);
        Assert.Equal(one.Result.TrainLoss, three.Result.TrainLoss);
        Assert.Equal(3, three.Members.Count);
        Assert.Equal(20 * 160, three.Examples);
        Assert.Equal(["job.yaml", "metrics.jsonl", "model.safetensors", "summary.json"], Directory.GetFiles(three.Result.Output).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Weighted_classes_and_filled_values_do_not_show_the_cluster(bool balanced)
    {
        var job = Blobs(rate: 0.3);
        File.AppendAllText(job.Data.Path, "NA,0.5,c0\n0.25,,c1\n,NA,c2\n");
        job = job with
        {
            Data = job.Data with { Missing = MissingValues.Mean },
            Training = job.Training with { ClassWeights = new ClassWeights { ByLabel = balanced ? null : new Dictionary<string, double> { ["c0"] = 0.1, ["c2"] = 1 / 3.0 } } },
        };
        var one = await Run(1, job);
        var three = await Run(3, job);
        Assert.Equal(JobState.Completed, one.State);
        Assert.Equal(one.Result!.WeightsSha256, three.Result!.WeightsSha256);
        Assert.Equal(one.Result.TrainLoss, three.Result.TrainLoss);
        Assert.Equal(one.Result.ValidationLoss, three.Result.ValidationLoss);
        Assert.NotEqual(one.Result.WeightsSha256, (await Run(1, job with { Training = job.Training with { ClassWeights = null } })).Result!.WeightsSha256);
    }

    [Fact]
    public async Task A_weighted_step_divides_by_the_sum_of_the_weights()
    {
        // x = 0 for everybody, and all of the data in one step from a bias of 0: the new bias is the averaged gradient, negated.
        var path = Path.Combine(_folder, "ones.csv");
        File.WriteAllText(path, "x,label\n" + string.Concat(Enumerable.Range(0, 12).Select(i => $"0,{(i < 3 ? 1 : 0)}\n")));
        Job Once(ClassWeights? weights) => new(
            1,
            "ones",
            new ModelSection { Kind = "logistic", Precision = Precision.Float64 },
            new DataSection { Format = "csv", Path = path, Label = "label", Shards = 5 },
            new TrainingSection { Epochs = 1, Batch = 12, ClassWeights = weights, Optimizer = new() { LearningRate = 1 } });
        async Task<double> Bias(ClassWeights? weights) => Granary.Model.Files.TrainedModel
            .Load(Path.Combine((await Run(2, Once(weights))).Result!.Output, "model.safetensors")).Weights[^1];

        // sigma(0) = 1/2: the gradient of the bias is the weighted mean of 1/2 - y.
        Assert.Equal(((3 * 0.5) - (9 * 0.5)) / 12, await Bias(null), 1e-6);
        Assert.Equal(((3 * 5 * 0.5) - (9 * 0.5)) / (15 + 9), await Bias(new ClassWeights { ByLabel = new Dictionary<string, double> { ["1"] = 5 } }), 1e-6);
        Assert.Equal(0, await Bias(new ClassWeights()), 1e-6);
    }

    // Labels that mean nothing, learnt by heart: the held-out loss falls, then rises.
    private Job Noise()
    {
        var job = Blobs(rate: 0.5, model: new ModelSection { Kind = "mlp", Hidden = [16] });
        var random = new Random(3);
        File.AppendAllText(job.Data.Path, string.Concat(Enumerable.Range(0, 120).Select(i => FormattableString.Invariant(
            $"{random.NextDouble() * 6},{random.NextDouble() * 2},c{random.Next(3)}\n"))));
        return job;
    }

    [Fact]
    public async Task A_best_version_whose_checkpoint_is_damaged_is_trained_again()
    {
        var job = Noise();
        job = job with { Training = job.Training with { Epochs = 40, Keep = KeptModel.Best } };
        var whole = await Run(1, job);
        var best = whole.Result!.Step;
        Assert.InRange(best, 1, whole.Step / 2);
        await using var cluster = await GranaryCluster.Deploy(2, _folder);
        await cluster.HoldBack(milliseconds: 2);
        var coordinator = await cluster.Submit(job);
        await GranaryCluster.Until(coordinator, s => s.Step > best + 20);
        await coordinator.Pause();
        var id = (await GranaryCluster.Until(coordinator, s => s.State != JobState.Running)).JobId;
        var file = Directory.GetDirectories(Path.Combine(_folder, "checkpoints", id), $"step-{best:D9}-*").SelectMany(Directory.GetFiles).Single();
        var bytes = File.ReadAllBytes(file);
        bytes[^100] ^= 1;
        File.WriteAllBytes(file, bytes);
        await cluster.LetGo();
        await cluster.Client.GetGrain<ICatalogueGrain>(0).Resume(id);
        var damaged = await GranaryCluster.Until(coordinator, s => s.State is JobState.Completed or JobState.Failed);
        Assert.True(damaged.Recoveries > 0);
        Assert.Equal(whole.Result with { Output = "" }, damaged.Result! with { Output = "" });
        var events = await coordinator.Events();
        Assert.Contains(events, e => e.Kind == JobEventKind.CheckpointDamaged);
        var rewind = Assert.Single(events, e => e.Kind == JobEventKind.Rewound).Rewind!;
        Assert.True(rewind.Checkpoint && rewind.From == whole.Step && rewind.To < best, $"{rewind}");
    }

    [Theory]
    [InlineData(HeldOutFigure.Loss)]
    [InlineData(HeldOutFigure.Accuracy)]
    public async Task A_job_stops_early_and_publishes_its_best_version_on_any_cluster(HeldOutFigure figure)
    {
        var job = Noise();
        var stopping = new EarlyStoppingSection { Patience = 4, Figure = figure };
        job = job with { Training = job.Training with { Epochs = 60, EarlyStopping = stopping, Keep = KeptModel.Best } };
        var one = await Run(1, job);
        var three = await Run(3, job);
        Assert.Equal((JobState.Completed, JobState.Completed), (one.State, three.State));
        Assert.Equal(one.Result! with { Output = "" }, three.Result! with { Output = "" });
        Assert.True(one.Result!.StoppedEarly);
        Assert.Equal((one.Step, one.Examples), (three.Step, three.Examples));

        // The evaluations themselves say where it had to stop, and which was the best.
        double Figure(MetricPoint p) => figure == HeldOutFigure.Loss ? p.ValidationLoss!.Value : -p.ValidationAccuracy!.Value;
        var evaluations = one.Points.Where(p => p.ValidationLoss is not null).ToArray();
        var best = evaluations.MinBy(Figure)!; // the first of equal ones
        Assert.Equal(best.Step, one.Result.Step);
        Assert.Equal(best.ValidationLoss, one.Result.ValidationLoss);
        Assert.Equal(best.Step + (4 * one.StepsPerEpoch), one.Step);
        Assert.Equal(evaluations[^1].Step, one.Step);

        // And a job that ends there has these weights.
        var short_ = job.Training with { Epochs = (int)(best.Step / one.StepsPerEpoch), EarlyStopping = null, Keep = KeptModel.Last };
        Assert.Equal((await Run(2, job with { Training = short_ })).Result!.WeightsSha256, one.Result.WeightsSha256);
    }

    [Theory]
    [InlineData(OptimizerKind.Adam, KeptModel.Last, Precision.Float32)]
    [InlineData(OptimizerKind.Momentum, KeptModel.Best, Precision.Float64)]
    public async Task A_continued_job_has_the_bits_of_one_that_long_from_the_start(OptimizerKind kind, KeptModel keep, Precision precision)
    {
        // 33,000 weights in three blocks, of which every silo of three owns one.
        var job = Blobs(model: new ModelSection { Kind = "mlp", Hidden = [160, 200], Precision = precision });
        Job Long(int epochs) => job with
        {
            Training = job.Training with
            {
                Epochs = epochs,
                Keep = keep,
                Optimizer = new OptimizerSection { Kind = kind, LearningRate = 0.003 },
                Schedule = new ScheduleSection { Kind = ScheduleKind.Step, Every = 2, Gamma = 0.5, Warmup = 12 },
            },
        };
        var whole = await Run(1, Long(9));
        var first = await Run(3, Long(4));
        var second = await Run(2, Long(5), first.Result!.Output);
        IReadOnlyList<JobEvent> events = [];
        var third = await Run(3, Long(9), second.Result!.Output, async (_, coordinator) =>
        {
            await SmallCluster.Until(coordinator, s => s.State is JobState.Completed or JobState.Failed);
            events = await coordinator.Events();
        });
        Assert.True(third.State == JobState.Completed, third.Failure);
        Assert.Equal(whole.Result! with { Output = "" }, third.Result! with { Output = "" });
        Assert.Equal((whole.Step, whole.Examples), (third.Step, third.Examples));
        Assert.Equal(whole.Points.Select(p => p with { Seconds = 0 }), third.Points.Select(p => p with { Seconds = 0 }));

        // It took up the run, and did not just train from the start.
        Assert.Contains(events, e => e.Kind == JobEventKind.Formed && e.Message.EndsWith("from step 50 on, from its checkpoint", StringComparison.Ordinal));

        var again = await Run(1, Long(9), third.Result!.Output);
        Assert.Contains("has all of the 90 steps of this job already", again.Failure);
        File.AppendAllText(job.Data.Path, "1,1,c0\n");
        Assert.Contains("the data is not what it was then", (await Run(1, Long(12), third.Result.Output)).Failure);
    }

    [Fact]
    public async Task Another_seed_gives_other_weights() =>
        Assert.NotEqual((await Run(1, Blobs())).Result!.WeightsSha256, (await Run(1, Blobs(seed: 2, model: new ModelSection { Kind = "mlp", Hidden = [4] }))).Result!.WeightsSha256);

    [Fact]
    public async Task A_loss_that_explodes_names_step_and_shard_and_keeps_the_last_weights()
    {
        var status = await Run(2, Blobs(rate: 1e30, model: new ModelSection { Kind = "mlp", Hidden = [8], Loss = Loss.SquaredError }));
        Assert.Equal(JobState.Failed, status.State);
        Assert.Matches(@"^step \d+, (shard \d+|the sum over 5 shards): (the loss|the gradient|a weight) became (NaN|infinite)", status.Failure);
        Assert.Contains("the last finite loss was", status.Failure);
        Assert.True(File.Exists(Path.Combine(status.Result!.Output, "model.safetensors")));
    }

    [Fact]
    public async Task Bad_data_fails_the_job_with_its_line()
    {
        var job = Blobs();
        File.AppendAllText(job.Data.Path, "1,abc,c0\n");
        var status = await Run(2, job);
        Assert.Equal(JobState.Failed, status.State);
        Assert.StartsWith("blobs.csv:202: column 'y' holds 'abc'", status.Failure);
    }

    [Fact]
    public async Task Whatever_the_host_each_compute_thread_is_one_torch_thread()
    {
        Assert.SkipWhen(Environment.ProcessorCount == 1, "Torch takes one thread by itself on one processor.");
        _ = await Run(1, Blobs());
        var threads = 0;
        var fresh = new Thread(() => threads = TorchSharp.torch.get_num_threads()); // torch tells each thread once, at its first question
        fresh.Start();
        fresh.Join();
        Assert.Equal(1, threads);
    }

    [Fact]
    public async Task A_silo_of_another_kind_that_joins_stands_by()
    {
        await using var cluster = await GranaryCluster.Deploy(1, _folder, ["cpu", "cuda:0"]);
        var job = Blobs();
        var coordinator = await cluster.Submit(job with { Training = job.Training with { Epochs = 100_000 } });
        await GranaryCluster.Until(coordinator, s => s.Step > 0);
        await cluster.Add();
        await GranaryCluster.Until(coordinator, s => s.Idle.Count > 0);
        await coordinator.Cancel();
        await GranaryCluster.Until(coordinator, s => s.State == JobState.Cancelled);
        Assert.Single(await coordinator.Events(), e => e.Kind == JobEventKind.StandsBy && Regex.IsMatch(e.Message, "^silo .* computes on .*cuda.*, the job on .*cpu.*: it stands by"));
    }

    [Fact]
    public async Task Silos_that_compute_on_different_kinds_of_device_are_refused_by_name()
    {
        var status = await SmallCluster.Run(_folder, Blobs(), "cpu", "cuda:0");
        Assert.Equal(JobState.Failed, status.State);
        Assert.Matches(@"^Silo \S+ computes on (cpu, silo \S+ on cuda|cuda, silo \S+ on cpu): their results may differ in the last bit", status.Failure);
    }
}
