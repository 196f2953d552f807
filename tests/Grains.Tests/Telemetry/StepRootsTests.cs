using System.Collections.Concurrent;
using System.Diagnostics;
using Granary.Contracts;
using Granary.Grains.Telemetry;

namespace Granary.Grains.Tests.Telemetry;

/// <summary>The coordinator's spans of steps, without steps.</summary>
public sealed class StepRootsTests : IDisposable
{
    private readonly GenerationId _generation = new($"roots-{Guid.NewGuid():N}", 3);
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public StepRootsTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Granary",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    private Activity[] Of(IReadOnlyList<TracedStep> traced) => [.. _ended.Where(s => traced.Any(t => t.Root == s.SpanId.ToHexString()))];

    [Fact]
    public void A_root_ends_with_the_last_of_its_ranks_once_the_step_is_granted()
    {
        using var roots = new StepRoots(_generation, ranks: 2);
        var traced = roots.Begin(1, 101)!;
        Assert.Equal([50, 100], traced.Select(t => t.Step));
        Assert.Equal(2, traced.Select(t => t.Root).Distinct().Count());
        var now = DateTimeOffset.UtcNow;
        roots.Ended(new TracedEnd(50, now.AddSeconds(1)));
        roots.Ended(new TracedEnd(50, now.AddSeconds(3))); // before the call that granted it has returned
        roots.Ended(new TracedEnd(0, now)); // of a step that nobody traces
        Assert.Empty(Of(traced));
        roots.Granted(new StepGrant(1, 101, 0, null, 0, Traced: traced), now);
        var root = Assert.Single(Of(traced));
        Assert.Equal((50L, ActivityStatusCode.Unset), (root.GetTagItem("step"), root.Status));
        Assert.Equal(now.AddSeconds(3).UtcDateTime, root.StartTimeUtc + root.Duration);
        var grant = Assert.Single(_ended, s => s.ParentSpanId == root.SpanId && s.OperationName == "grant");
        Assert.Equal(root.TraceId, grant.TraceId);
    }

    [Fact]
    public void What_a_generation_leaves_open_ends_with_an_error_and_no_trace_is_left_current()
    {
        var roots = new StepRoots(_generation, ranks: 2);
        var traced = roots.Begin(0, 51)!;
        roots.Granted(new StepGrant(0, 51, 0, null, 0, Traced: traced), DateTimeOffset.UtcNow);
        roots.Ended(new TracedEnd(0, DateTimeOffset.UtcNow));
        roots.Ended(new TracedEnd(0, DateTimeOffset.UtcNow));
        Assert.Null(Activity.Current);
        roots.Dispose();
        Assert.Equal([(0L, ActivityStatusCode.Unset), (50L, ActivityStatusCode.Error)], Of(traced).Select(s => ((long)s.GetTagItem("step")!, s.Status)));
        Assert.Null(Activity.Current);
    }
}
