using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Tests;

/// <summary>Which version of the weights a job ends with and goes on from: the best, the last, that of an earlier run.</summary>
public sealed class KeptModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<JobStatus> Run(int silos, Job job, string? from = null, Func<ICatalogueGrain, ICoordinatorGrain, Task>? meanwhile = null) =>
        SmallCluster.Run(_folder, new Submission(job, null, Continue: from), meanwhile, [.. Enumerable.Repeat("cpu", silos)]);

    private Job Blobs(double rate = 0.5, ModelSection? model = null) => SmallCluster.Blobs(_folder, 1, rate, model);

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
}
