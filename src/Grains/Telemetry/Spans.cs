using System.Diagnostics;

namespace Granary.Grains.Telemetry;

/// <summary>Names of Granary's spans, and how they are begun.</summary>
public static class Spans
{
    /// <summary>Root of a step's trace, by the coordinator.</summary>
    public const string Step = "step";

    /// <summary>The call that allows the step.</summary>
    public const string Grant = "grant";

    /// <summary>One rank's part in a step.</summary>
    public const string Rank = "rank";

    internal const string Backward = "backward";
    internal const string Shard = "shard";
    internal const string Gather = "gather";
    internal const string ReduceScatter = "reduce-scatter";
    internal const string Update = "update";
    internal const string AllGather = "all-gather";
    internal const string Exchange = "exchange"; // of a pass of L-BFGS, as a whole
    internal const string Evaluate = "evaluate";
    internal const string Checkpoint = "checkpoint";
    internal const string CheckpointWrite = "checkpoint write"; // a root

    /// <summary>Spans that a rank has in a step.</summary>
    public static IReadOnlySet<string> OfRanks { get; } =
        new HashSet<string> { Rank, Backward, Shard, Gather, ReduceScatter, Update, AllGather, Exchange, Evaluate, Checkpoint };

    internal static readonly ActivitySource Source = new(Metrics.Name);

    /// <summary>Begins one below another, as the current one of this thread; null: nobody listens, or the sampler leaves it out.</summary>
    internal static Activity? Begin(string name, ActivityContext parent) => Wanted(Source.StartActivity(name, ActivityKind.Internal, parent));

    /// <summary>One that has been.</summary>
    internal static void Past(string name, ActivityContext parent, DateTimeOffset began, DateTimeOffset ended, IEnumerable<ActivityLink>? links = null)
    {
        using var span = Source.StartActivity(name, ActivityKind.Internal, parent, links: links, startTime: began);
        span?.SetEndTime(ended.UtcDateTime);
    }

    /// <summary>Ends one that may have begun in another flow of control, and leaves the current one as it is.</summary>
    internal static void End(Activity span, DateTimeOffset ended, string? failure = null)
    {
        var around = Activity.Current;
        if (failure is not null)
        {
            span.SetStatus(ActivityStatusCode.Error, failure);
        }

        span.SetEndTime(ended.UtcDateTime);
        span.Dispose();
        Activity.Current = around;
    }

    /// <summary>Null instead of one that only hands its ids on.</summary>
    internal static Activity? Wanted(Activity? span)
    {
        if (span is { IsAllDataRequested: false })
        {
            span.Dispose();
            return null;
        }

        return span;
    }
}
