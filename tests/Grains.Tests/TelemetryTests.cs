using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
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
        Assert.Equal(4, steps.SelectMany(s => s.Select(member => member.TraceId)).Distinct().Count());
        foreach (var step in steps)
        {
            Assert.Equal([0, 1], step.Select(s => (int)s.GetTagItem("member")!).Order());
            Assert.Single(step.Select(s => s.TraceId).Distinct());
            Assert.Equal(2, step.Select(s => s.SpanId).Distinct().Count());
            Assert.All(step, s => Assert.Equal(["compute", "exchange", "update"], Children(s).Select(c => c.OperationName).Order()));
            Assert.All(step, LiesWithin);

            // 16 examples over 5 shards: every shard has a gradient, on one silo or the other.
            var shards = step.SelectMany(s => Children(Children(s).Single(c => c.OperationName == "compute")));
            Assert.All(shards, s => Assert.Equal("shard", s.OperationName));
            Assert.Equal([0, 1, 2, 3, 4], shards.Select(s => (int)s.GetTagItem("shard")!).Order());
        }
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

    private void LiesWithin(Activity step)
    {
        var parts = Children(step).ToDictionary(c => c.OperationName);
        Assert.All(parts.Values, p => Assert.True(p.StartTimeUtc >= step.StartTimeUtc && End(p) <= End(step)));
        Assert.True(End(parts["compute"]) <= parts["exchange"].StartTimeUtc);
        Assert.True(parts["update"].StartTimeUtc >= parts["exchange"].StartTimeUtc.AddMilliseconds(-1)); // two clocks are read
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
        Assert.True(Of("granary.loss") is { Length: 400 } losses && losses.All(l => l > 0) && losses[^1] < losses[0] / 2);
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
