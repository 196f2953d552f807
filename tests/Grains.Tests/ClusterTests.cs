using System.Text.RegularExpressions;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Tests;

/// <summary>Jobs on an Orleans test cluster in this process.</summary>
public sealed class ClusterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<JobStatus> Run(int silos, Job job) => SmallCluster.Run(_folder, job, [.. Enumerable.Repeat("cpu", silos)]);

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
