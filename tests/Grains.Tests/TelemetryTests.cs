using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.IO.Hashing;
using System.Text;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Tests;

/// <summary>What a collector would see of a job of 200 steps: 20 epochs of 160 examples, 16 a step, in 5 shards on 2 silos.</summary>
public sealed class TelemetryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ConcurrentQueue<(string Instrument, double Value, string? Job)> _measurements = new();
    private readonly ActivityListener _activities;
    private readonly MeterListener _meters = new();

    public TelemetryTests()
    {
        _activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Granary",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_activities);
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Granary")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _meters.Start();
    }

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measurements.Enqueue((instrument.Name, value, tags.ToArray().SingleOrDefault(t => t.Key == "job").Value as string));

    public void Dispose()
    {
        _activities.Dispose();
        _meters.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<JobStatus> Run(ModelSection? model = null) => SmallCluster.Run(_folder, SmallCluster.Blobs(_folder, model: model), "cpu", "cpu");

    private Activity[] Children(Activity parent) => [.. _spans.Where(s => s.ParentSpanId == parent.SpanId && s.TraceId == parent.TraceId).OrderBy(s => s.StartTimeUtc)];

    [Fact]
    public async Task A_sampled_step_is_one_trace_over_all_silos()
    {
        var job = await Run();
        var steps = _spans.Where(s => s.OperationName == "step" && job.JobId.Equals(s.GetTagItem("job"))).ToLookup(s => (long)s.GetTagItem("step")!);
        Assert.Equal([0, 50, 100, 150], steps.Select(s => s.Key).Order());
        foreach (var step in steps)
        {
            // Whoever knows job, generation and step knows the trace: XXH128 of the three.
            var root = Assert.Single(step);
            Assert.Equal(default, root.ParentSpanId);
            Assert.Equal(Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes($"{job.JobId}/1/{step.Key}"))), root.TraceId.ToHexString());
            var ranks = Children(root).Where(c => c.OperationName == "rank").ToArray();
            Assert.Equal(["grant", "rank", "rank"], Children(root).Select(c => c.OperationName).Order());
            Assert.Equal([0, 1], ranks.Select(r => (int)r.GetTagItem("rank")!).Order());
            Assert.Equal(2, ranks.Select(r => (string)r.GetTagItem("silo")!).Distinct().Count());
            Assert.All(ranks, r => Assert.Equal(["all-gather", "backward", "reduce-scatter", "update"], Children(r).Select(c => c.OperationName).Order()));
            Assert.All(_spans.Where(s => s.TraceId == root.TraceId), LiesWithinItsParent);
            Assert.All(ranks, PhasesFollowEachOther);

            // 16 examples over 5 shards: every shard has a gradient, on one silo or the other.
            var shards = ranks.SelectMany(r => Children(Children(r).Single(c => c.OperationName == "backward")));
            Assert.All(shards, s => Assert.Equal("shard", s.OperationName));
            Assert.Equal([0, 1, 2, 3, 4], shards.Select(s => (int)s.GetTagItem("shard")!).Order());
            Assert.All(shards, s => Assert.Equal("gather", Assert.Single(Children(s)).OperationName));
        }
    }

    [Fact]
    public async Task What_is_written_of_a_checkpoint_beside_the_steps_is_a_trace_that_leads_to_the_step()
    {
        // Which step a checkpoint falls before is left to the pace, but where a job may stop early no step goes on before the evaluation is known: step 100
        // begins what is granted next, is traced as every 50th is, and the first checkpoint is due.
        var blobs = SmallCluster.Blobs(_folder);
        var job = await SmallCluster.Run(_folder, blobs with
        {
            Training = blobs.Training with
            {
                Epochs = 0,
                Steps = 150,
                Evaluation = new() { Every = 50 },
                EarlyStopping = new() { Patience = 1 },
                Checkpoint = new() { Seconds = 0, Steps = 100 },
            },
        }, "cpu", "cpu");
        var writes = _spans.Where(s => s.OperationName == "checkpoint write" && job.JobId.Equals(s.GetTagItem("job"))).ToArray();
        Assert.Contains(100L, writes.Select(w => w.GetTagItem("step")));
        Assert.Equal(writes.Length, writes.Select(w => (long)w.GetTagItem("step")!).Distinct().Count());
        Assert.All(writes, w => Assert.Equal(0, w.GetTagItem("rank"))); // so small a model is whole on every rank, and the first one writes it
        Assert.All(writes, w => Assert.InRange((long)w.GetTagItem("bytes")!, 1, 100_000));
        Assert.All(writes, w => Assert.Equal(default, w.ParentSpanId));

        var led = writes.Where(w => w.Links.Any()).ToArray();
        Assert.Contains(100L, led.Select(w => w.GetTagItem("step")));
        foreach (var write in led)
        {
            var copy = _spans.Single(s => s.SpanId == Assert.Single(write.Links).Context.SpanId);
            var step = Parent(Parent(copy));
            Assert.Equal(("checkpoint", "step"), (copy.OperationName, step.OperationName));
            Assert.Equal(write.GetTagItem("step"), step.GetTagItem("step"));
            Assert.True(write.StartTimeUtc >= copy.StartTimeUtc);
        }

        Activity Parent(Activity span) => _spans.Single(s => s.SpanId == span.ParentSpanId);
    }

    [Fact]
    public async Task A_recovery_is_a_trace_of_its_own_and_the_job_s_trace_leads_to_it()
    {
        await using var cluster = await GranaryCluster.Deploy(3, _folder);
        var blobs = SmallCluster.Blobs(_folder);
        var coordinator = await cluster.Submit(blobs with { Training = blobs.Training with { Epochs = 1_000_000 } });
        var before = await GranaryCluster.Until(coordinator, s => s.Step > 100);
        await cluster.Kill(before.Members.Last(m => m.Name != before.Coordinator).Name);
        await GranaryCluster.Until(coordinator, s => s.Recoveries > 0 && s.Resumed is not null && s.Step > before.Step + 200);
        await coordinator.Cancel();
        var id = (await GranaryCluster.Until(coordinator, s => s.State == JobState.Cancelled)).JobId;

        // The publishing ends a moment after others can see that the job has.
        Assert.True(SpinWait.SpinUntil(() => _spans.Any(s => s.OperationName == "publish" && id.Equals(s.GetTagItem("job"))), TimeSpan.FromMinutes(1)));
        var spans = _spans.Where(s => id.Equals(s.GetTagItem("job"))).ToArray();
        var recovery = Assert.Single(spans, s => s.OperationName == "recovery");
        Assert.Equal(default, recovery.ParentSpanId);
        Assert.Contains((string)recovery.GetTagItem("cause")!, new[] { "silo lost", "connection lost" });
        Assert.Equal(["detection", "rendezvous", "restore", "first step"], Children(recovery).Select(c => c.OperationName));
        Assert.All(Children(recovery), LiesWithinItsParent);
        Assert.All(Children(recovery).Zip(Children(recovery).Skip(1)), p => Assert.True(End(p.First) <= p.Second.StartTimeUtc.AddMilliseconds(1)));

        // The job's: its phases one after the other, with links to the steps and to the recovery.
        var job = Assert.Single(spans, s => s.OperationName == "job");
        Assert.Equal("cancelled", job.GetTagItem("state"));
        var phases = Children(job);
        string[] names = [.. phases.Select(p => p.OperationName).Where(p => p is not ("evaluating" or "checkpoint"))];
        Assert.Equal(
            ["submit", "queue", "rendezvous", "read data", "rendezvous", "train", "detection", "rendezvous", "train", "publish"],
            names.Where((n, i) => i == 0 || n != names[i - 1]));
        Assert.All(phases, LiesWithinItsParent);
        Assert.All(phases.Zip(phases.Skip(1)), p => Assert.Equal(End(p.First), p.Second.StartTimeUtc));
        var links = phases.SelectMany(p => p.Links).Select(l => l.Context.SpanId).ToHashSet();
        Assert.Contains(recovery.SpanId, links);
        Assert.Contains(spans.Single(s => s.OperationName == "start").SpanId, links);
        Assert.Contains(spans.Single(s => s.OperationName == "publish" && s.ParentSpanId == default).SpanId, links);
        Assert.Contains(links, l => spans.Any(s => s.OperationName == "step" && s.SpanId == l));
        Assert.Equal(1, spans.Count(s => s.OperationName == "step" && (long)s.GetTagItem("step")! == 50 && s.GetTagItem("generation") is 1L));
    }

    [Fact]
    public async Task Every_span_is_a_root_or_has_a_parent_that_is_there()
    {
        var job = await Run();
        var traces = _spans.Where(s => s.OperationName == "step" && job.JobId.Equals(s.GetTagItem("job"))).Select(s => s.TraceId).ToHashSet();
        Activity[] spans = [.. _spans.Where(s => traces.Contains(s.TraceId))]; // other tests' steps may be under way
        var known = spans.Select(s => (s.TraceId, s.SpanId)).ToHashSet();
        Assert.NotEmpty(known);
        Assert.All(spans, s => Assert.True(
            s.OperationName == "step" ? s.ParentSpanId == default : known.Contains((s.TraceId, s.ParentSpanId)), $"{s.OperationName} below {s.ParentSpanId}"));
    }

    // Two clocks are read: the time of day, and the one that measures.
    private void LiesWithinItsParent(Activity span)
    {
        if (span.ParentSpanId != default)
        {
            var parent = _spans.Single(s => s.SpanId == span.ParentSpanId);
            Assert.True(
                span.StartTimeUtc >= parent.StartTimeUtc.AddMilliseconds(-1) && End(span) <= End(parent).AddMilliseconds(1),
                $"{span.OperationName} {span.StartTimeUtc:O} to {End(span):O} in {parent.OperationName} {parent.StartTimeUtc:O} to {End(parent):O}");
        }
    }

    private void PhasesFollowEachOther(Activity rank)
    {
        var parts = Children(rank).ToDictionary(c => c.OperationName);
        Assert.True(End(parts["backward"]) <= parts["reduce-scatter"].StartTimeUtc.AddMilliseconds(1));
        Assert.True(End(parts["reduce-scatter"]) <= parts["all-gather"].StartTimeUtc.AddMilliseconds(1));
        Assert.True(parts["update"].StartTimeUtc >= parts["reduce-scatter"].StartTimeUtc.AddMilliseconds(-1));
        Assert.True((double)parts["update"].GetTagItem("busy")! <= parts["update"].Duration.TotalSeconds + 0.001);
    }

    private static DateTime End(Activity activity) => activity.StartTimeUtc + activity.Duration;

    [Fact]
    public async Task The_metrics_of_a_job_carry_its_id_and_add_up()
    {
        var job = await Run(new ModelSection { Kind = "mlp", Hidden = [8] });
        double[] Of(string instrument) => [.. _measurements.Where(m => m.Instrument == instrument && m.Job == job.JobId).Select(m => m.Value)];

        Assert.Equal(2 * 200, Of("granary.steps").Sum()); // every silo commits every step
        Assert.Equal(20 * 160, Of("granary.examples").Sum()); // and counts its own examples
        Assert.True(Of("granary.loss") is { Length: > 1 and <= 400 } losses && losses.All(l => l > 0) && losses.Min() < losses.Max() / 2);
        Assert.Equal(Of("granary.step.duration").Sum(), Of("granary.step.compute.duration").Sum() + Of("granary.step.exchange.duration").Sum(), 1e-9);
        Assert.True(Of("granary.step.update.duration") is { Length: 400 } updates && updates.Sum() > 0
            && updates.Sum() < Of("granary.step.exchange.duration").Sum());

        // One block of 2 x 8 + 8 + 8 x 3 + 3 float32 weights: its sum goes to the other silo in every step, from both.
        Assert.True(Of("granary.exchange.bytes").Sum() >= 2 * 200 * 51 * sizeof(float));
        Assert.All(_measurements, m => Assert.NotNull(m.Job));

        // The coordinator's: at the end they are what the job came to.
        Assert.True(Of("granary.job.running") is [.., 0] runs && runs.Contains(1));
        Assert.Equal(200, Of("granary.job.step")[^1]);
        Assert.Equal(job.Generation, Of("granary.job.generation")[^1]);
        Assert.Equal(job.Points[^1].Loss, Of("granary.job.loss")[^1]);
        var parts = Enum.GetValues<TimePart>().Length;
        var summary = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(job.Result!.Output, "summary.json"))).RootElement;
        Assert.True(Of("granary.job.time")[^parts..].Sum() >= summary.GetProperty("goodput").GetProperty("wallSeconds").GetDouble()); // which was written a little before
    }
}
