using Granary.Contracts;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;

namespace Granary.Grains.Tests;

/// <summary>Jobs that are measured in steps, with windows that start anywhere, parts of batches and tensors that are not trained.</summary>
public sealed class StepJobTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<JobStatus> Run(int silos, Job job, string? from = null) =>
        SmallCluster.Run(_folder, new Submission(job, null, Continue: from), null, [.. Enumerable.Repeat("cpu", silos)]);

    private Job Gpt(Func<TrainingSection, TrainingSection>? change = null, Precision precision = Precision.Float32)
    {
        var path = Path.Combine(_folder, "t.txt");
        var random = new Random(2);
        File.WriteAllText(path, string.Concat(Enumerable.Range(0, 600).Select(_ => new[] { "grain ", "silo ", "mill ", "rye\n" }[random.Next(4)])));
        var training = new TrainingSection
        {
            Steps = 50,
            Batch = 12,
            Seed = 3,
            Optimizer = new OptimizerSection { Kind = OptimizerKind.AdamW, LearningRate = 0.003, WeightDecay = 0.1 },
            Schedule = new ScheduleSection { Kind = ScheduleKind.Cosine, Warmup = 5, Floor = 0.1 },
            ClipNorm = 1,
            Evaluation = new EvaluationSection { Every = 15, Batches = 2 },
        };
        return new Job(
            1,
            "gpt",
            new ModelSection { Kind = "transformer", Layers = 2, Width = 16, Heads = 2, Context = 8, Precision = precision },
            new DataSection { Format = "text", Path = path, Shards = 5, Windows = TextWindows.Random, Validation = new() { Fraction = 0.1, From = HeldOutPlace.End } },
            change?.Invoke(training) ?? training);
    }

    [Fact]
    public async Task The_cluster_does_not_show_in_a_job_by_steps_and_a_kill_and_a_pause_do_not_either()
    {
        var job = Gpt(t => t with { MicroBatch = 2 });
        var one = await Run(1, job);
        Assert.True(one.State == JobState.Completed, one.Failure);
        Assert.Equal((50, 50, 0), (one.Step, one.Steps, one.Epochs));
        Assert.Equal(50 * 12, one.Examples); // every batch is whole
        Assert.Equal([15, 30, 45, 50], one.Points.Where(p => p.ValidationLoss is not null).Select(p => p.Step));
        Assert.All(one.Points.Where(p => p.ValidationLoss is not null), p => Assert.NotNull(p.EpochLoss));
        Assert.Equal((24, 50), (one.Result!.ValidationExamples, one.Result.ValidationStep));
        Assert.True(one.Points[^1].ValidationLoss < one.Points[0].Loss - 0.2, $"{one.Points[^1].ValidationLoss}, {one.Points[0].Loss}");
        var three = await Run(3, job);
        Assert.Equal(one.Result with { Output = "" }, three.Result! with { Output = "" });

        await using var cluster = await GranaryCluster.Deploy(3, _folder);
        await cluster.HoldBack(milliseconds: 3);
        var coordinator = await cluster.Submit(job);
        var status = await GranaryCluster.Until(coordinator, s => s.Step > 5);
        await cluster.Kill(status.Members[1].Name);
        await GranaryCluster.Until(coordinator, s => s.Step > 20);
        await coordinator.Pause();
        var id = (await GranaryCluster.Until(coordinator, s => s.State != JobState.Running)).JobId;
        await cluster.LetGo();
        await cluster.Client.GetGrain<ICatalogueGrain>(0).Resume(id);
        var killed = await GranaryCluster.Until(coordinator, s => s.State is JobState.Completed or JobState.Failed);
        Assert.True(killed.Recoveries > 0);
        Assert.Equal(one.Result with { Output = "" }, killed.Result! with { Output = "" });

        // The ledger has what was counted, up to the last step, and it is what the seed draws.
        var ledger = (await coordinator.Ledger())!;
        var (facts, steps) = (ledger.Facts!, ledger.UnderWay!);
        var batches = BatchPlan.Of(job, facts.TrainingRows);
        Assert.Equal((batches.StepsPerEpoch * ledger.Epochs[^1].EndEpoch, 50), (steps.FirstStep, steps.EndStep));
        Assert.Equal(50 * 12, ledger.Epochs.Sum(e => e.Examples.Sum() * (e.EndEpoch - e.FirstEpoch)) + steps.Examples.Sum());
        for (var v = 0; v < job.Data.Shards; v++)
        {
            var data = ShardData.Read(job, v);
            Assert.All(ledger.Epochs, e => Assert.Equal(
                data.Ledger(facts, e.FirstEpoch, [(0, (int)batches.RowsPerEpoch(v))]), (e.Examples[v], e.Digests[v])));
            Assert.Equal(data.Ledger(facts, batches.EpochOf(steps.FirstStep), batches.Rows(steps.FirstStep, 50, v)), (steps.Examples[v], steps.Digests[v]));
        }
    }

    [Fact]
    public async Task Parts_of_batches_make_no_difference_but_rounding()
    {
        var whole = await Run(1, Gpt(precision: Precision.Float64));
        foreach (var most in new[] { 1, 2, 8 })
        {
            var parts = await Run(2, Gpt(t => t with { MicroBatch = most }, Precision.Float64));
            Assert.True(parts.State == JobState.Completed, parts.Failure);
            Assert.InRange(whole.Points.Zip(parts.Points, (a, b) => Math.Abs(a.Loss - b.Loss)).Max(), 0, 1e-12);
            Assert.Equal(whole.Result!.ValidationLoss!.Value, parts.Result!.ValidationLoss!.Value, 1e-12);
        }
    }

    [Fact]
    public async Task What_is_not_trained_keeps_its_bits()
    {
        var job = Gpt(t => t with { Steps = 1, Evaluation = null, Optimizer = new OptimizerSection { LearningRate = 0.5 } });
        var start = (await Run(1, job)).Result!.Output;
        job = Gpt(t => t with { Train = new TrainedTensors { Patterns = ["blocks.1.mlp.*", "norm.bias"] }, Optimizer = t.Optimizer with { DecayAll = true } });
        job = job with { Model = job.Model with { Init = Path.Combine(start, "model.safetensors") } };
        var (one, three) = (await Run(1, job), await Run(3, job));
        Assert.True(one.State == JobState.Completed, one.Failure);
        Assert.Equal(one.Result!.WeightsSha256, three.Result!.WeightsSha256);
        var (before, after) = (TrainedModel.Load(Path.Combine(start, "model.safetensors")), TrainedModel.Load(Path.Combine(three.Result.Output, "model.safetensors")));
        var at = 0;
        foreach (var parameter in ModelShape.Of(job.Model, before.Facts.Shape))
        {
            var run = at..(at += (int)parameter.Count);
            var trained = parameter.Name.StartsWith("blocks.1.mlp.", StringComparison.Ordinal) || parameter.Name == "norm.bias";
            Assert.True(trained != before.Weights[run].AsSpan().SequenceEqual(after.Weights[run]), parameter.Name);
        }

        Assert.True(one.Points[^1].Loss < one.Points[0].Loss);
    }

    [Fact]
    public async Task A_job_by_steps_goes_on_with_the_bits_of_a_longer_one()
    {
        Job Long(int steps, EarlyStoppingSection? stopping = null) => Gpt(t => t with { Steps = steps, Schedule = new(), EarlyStopping = stopping });
        var whole = await Run(1, Long(50));
        var first = await Run(3, Long(20));
        var second = await Run(2, Long(50), first.Result!.Output);
        Assert.True(second.State == JobState.Completed, second.Failure);
        Assert.Equal(whole.Result!.WeightsSha256, second.Result!.WeightsSha256);
        Assert.Equal(whole.Result.ValidationLoss, second.Result.ValidationLoss);

        // It was evaluated after step 20, where a longer job is not: that might make it stop elsewhere.
        var stopping = new EarlyStoppingSection { Patience = 9 };
        var refused = await Run(1, Long(50, stopping), (await Run(1, Long(20, stopping))).Result!.Output);
        Assert.Contains("between two evaluations (15 steps apart)", refused.Failure);
    }
}
