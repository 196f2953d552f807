using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.RegularExpressions;
using Granary.Contracts;
using Granary.Grains.Workers;
using Granary.Jobs;

namespace Granary.Grains.Tests;

/// <summary>Exchanging beside the backward pass: when it is done, and that it shows in nothing but the time.</summary>
public sealed partial class OverlapTests : IDisposable
{
    // Five blocks, so that there is something to exchange beside; 200 steps, so that a trial of both ways is in them.
    private static readonly ModelSection Wide = new() { Kind = "mlp", Hidden = [256, 256], Activation = Activation.Tanh };

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<JobStatus> Run(int silos, Job job) => SmallCluster.Run(_folder, job, [.. Enumerable.Repeat("cpu", silos)]);

    [Theory]
    [InlineData(0, 5)]
    [InlineData(0.5, 5)]
    [InlineData(0, 8)]
    public async Task It_does_not_show_in_the_weights(double clip, int shards)
    {
        var gains = new ConcurrentQueue<(double Gain, string? Job)>();
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "granary.step.overlap.gain")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        meters.SetMeasurementEventCallback<double>((_, gain, tags, _) => gains.Enqueue((gain, tags.ToArray().Single(t => t.Key == "job").Value as string)));
        meters.Start();
        var job = SmallCluster.Blobs(_folder, rate: 0.05, model: Wide);
        job = job with { Data = job.Data with { Shards = shards }, Training = job.Training with { ClipNorm = clip, Optimizer = job.Training.Optimizer with { Kind = OptimizerKind.Adam, LearningRate = 0.003 } } };
        var alone = await Run(1, job);
        Assert.Equal(JobState.Completed, alone.State);
        foreach (var silos in new[] { 2, 3 })
        {
            var together = await Run(silos, job);
            Assert.Equal(alone.Result!.WeightsSha256, together.Result!.WeightsSha256);
            Assert.Equal(alone.Result.TrainLoss, together.Result.TrainLoss);
            Assert.Equal(silos, gains.Count(g => g.Job == together.JobId && g.Gain > 0)); // every member has tried both ways
        }

        Assert.DoesNotContain(gains, g => g.Job == alone.JobId);
    }

    // Decay that throws weights to the other side of 0 and beyond, ever further, until they are too large: with some factor in a step
    // that exchanges beside.
    [Fact]
    public async Task A_step_that_fails_half_way_ends_the_job_with_its_reason()
    {
        var rule = new OverlapRule(0);
        var failed = new List<long>();
        for (var factor = 15; factor < 60 && !failed.Exists(rule.Overlaps); factor += 5)
        {
            var job = SmallCluster.Blobs(_folder, model: Wide);
            var ended = await Run(2, job with { Training = job.Training with { Optimizer = job.Training.Optimizer with { LearningRate = 1, WeightDecay = factor } } });
            Assert.Equal(JobState.Failed, ended.State);
            Assert.Matches("became (NaN|infinite|minus infinity)", ended.Failure);
            failed.Add(long.Parse(FailedStep().Match(ended.Failure!).Groups[1].Value, CultureInfo.InvariantCulture));
        }

        Assert.True(failed.Exists(rule.Overlaps), $"steps {string.Join(", ", failed)} failed, and none of them exchanged beside");
    }

    // Decay alone makes the weights grow. The last shard of the second member meets numbers a million times as large, and fails steps
    // before the others would: the second member's other sum is on its way by then.
    [Fact]
    public async Task A_shard_that_fails_while_other_sums_are_exchanged_is_named()
    {
        var rule = new OverlapRule(0);
        var failed = new List<long>();
        for (var factor = 3.0; factor < 5 && !failed.Exists(rule.Overlaps); factor += 0.25)
        {
            var job = SmallCluster.Blobs(_folder, model: Wide with { Activation = Activation.Relu });
            var lines = File.ReadAllLines(job.Data.Path);
            File.WriteAllLines(job.Data.Path, [.. lines[..161], .. lines[161..].Select(l => "1e6," + l.Split(',', 2)[1])]);
            var ended = await Run(2, job with
            {
                Data = job.Data with { Standardize = false, Validation = new() },
                Training = job.Training with { Batch = 200, Epochs = 100, Optimizer = job.Training.Optimizer with { LearningRate = 1e-20, WeightDecay = 1e20 * factor } },
            });
            Assert.Equal(JobState.Failed, ended.State);
            Assert.Matches("shard 4.*the loss became|the loss became.*shard 4", ended.Failure);
            failed.Add(long.Parse(FailedStep().Match(ended.Failure!).Groups[1].Value, CultureInfo.InvariantCulture));
        }

        Assert.True(failed.Exists(rule.Overlaps), $"steps {string.Join(", ", failed)} failed, and none of them exchanged beside");
    }

    [Fact]
    public void The_faster_way_is_kept_until_the_next_trial()
    {
        var rule = new OverlapRule(first: 100);
        Assert.Equal(32, Enumerable.Range(100, 2048).Count(s => rule.Overlaps(s)));
        Assert.Equal(new OverlapTrial(1, 2, Overlaps: true, IsNews: true), Trial(rule, 100, beside: 1, after: 2));
        Assert.All(Enumerable.Range(180, 1900), s => Assert.True(rule.Overlaps(s)));
        Assert.Equal(new OverlapTrial(1, 1.02, Overlaps: true, IsNews: false), Trial(rule, 100 + 2048, beside: 1, after: 1.02)); // once found worthwhile
        Assert.Equal(new OverlapTrial(1, 0.99, Overlaps: false, IsNews: true), Trial(rule, 100 + 4096, beside: 1, after: 0.99));
        Assert.Equal(new OverlapTrial(1, 1.02, Overlaps: false, IsNews: false), Trial(rule, 100 + 6144, beside: 1, after: 1.02)); // too little to tell
        Assert.All(Enumerable.Range(180 + 6144, 1900), s => Assert.False(rule.Overlaps(s)));
    }

    [GeneratedRegex("step ([0-9]+)")]
    private static partial Regex FailedStep();

    // A few steps take much longer for reasons of their own.
    private static OverlapTrial Trial(OverlapRule rule, long first, double beside, double after)
    {
        var outcomes = new List<OverlapTrial>();
        for (var step = first; step < first + 2048; step++)
        {
            if (rule.Took(step, step % 9 == 0 ? 100 : rule.Overlaps(step) ? beside : after) is { } trial)
            {
                outcomes.Add(trial);
            }
        }

        return Assert.Single(outcomes);
    }
}
