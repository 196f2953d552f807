using System.Globalization;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <summary>Names who or what a job waits for that makes no progress. Plain rules.</summary>
internal static class WaitingRule
{
    /// <summary>Without progress for so long, a job says what it waits for.</summary>
    public static readonly TimeSpan After = TimeSpan.FromSeconds(2.5);

    /// <summary>How long a rank may take to say what it does.</summary>
    public static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(1);

    /// <summary>The cause, for people: one sentence without a full stop.</summary>
    /// <param name="activity">What the coordinator does.</param>
    /// <param name="seconds">Since the last progress.</param>
    /// <param name="storing">For how long the cluster's store has not confirmed the job's state; 0: nothing is being stored.</param>
    /// <param name="ranks">What the ranks do.</param>
    /// <param name="store">What messages call that store.</param>
    public static string Cause(string activity, double seconds, double storing, IReadOnlyList<RankActivity> ranks, string store = "the cluster's store")
    {
        if (storing >= After.TotalSeconds)
        {
            return $"{store} has not answered for {For(storing)}";
        }

        if (ranks.Where(r => r.Activity == WorkerActivity.NotAnswering).ToArray() is { Length: > 0 } silent)
        {
            return $"{Names(silent)} {(silent.Length == 1 ? "has" : "have")} not answered for {For(silent.Max(r => r.Seconds))}{Others(ranks, silent)}";
        }

        if (ranks.Where(r => r.Activity == WorkerActivity.ReadingData).MaxBy(r => r.Seconds) is { } reading)
        {
            return $"{reading.Silo} has been reading {Shards(reading.Shards)} for {For(reading.Seconds)}";
        }

        var awaited = ranks.SelectMany(r => r.WaitsFor).ToHashSet();
        if (ranks.Where(r => awaited.Contains(r.Silo) && r.Activity is not WorkerActivity.Exchanging && r.WaitsFor.Count == 0).ToArray() is { Length: > 0 } late)
        {
            return $"{Names(late)} {(late.Length == 1 ? "has" : "have")} been {late[0].Words} for {For(late.Max(r => r.Seconds))}{Others(ranks, late)}";
        }

        if (ranks.Where(r => r.WaitsFor.Count > 0).MaxBy(r => r.Seconds) is { } missing)
        {
            return $"no data arrives: {missing.Silo} has waited {For(missing.Seconds)} for numbers of {string.Join(", ", missing.WaitsFor)}";
        }

        return ranks.Where(r => r.Activity is WorkerActivity.Computing or WorkerActivity.Evaluating or WorkerActivity.Joining).MaxBy(r => r.Seconds) is { } busy
            ? $"{busy.Silo} has been {busy.Words} for {For(busy.Seconds)}"
            : $"{activity}, for {For(seconds)}";
    }

    private static string Others(IReadOnlyList<RankActivity> ranks, RankActivity[] culprits)
    {
        var waiting = ranks.Where(r => r.WaitsFor.Any(w => culprits.Any(c => c.Silo == w))).Select(r => r.Silo).ToArray();
        return waiting.Length == 0 ? "" : $"; {string.Join(", ", waiting)} {(waiting.Length == 1 ? "waits" : "wait")} for {(culprits.Length == 1 ? "it" : "them")}";
    }

    private static string Names(RankActivity[] ranks) => string.Join(", ", ranks.Select(r => r.Silo));

    private static string Shards(IReadOnlyList<int> shards) => shards.Count == 1
        ? string.Create(CultureInfo.InvariantCulture, $"shard {shards[0]}")
        : $"shards {string.Join(", ", shards.Take(5).Select(s => s.ToString(CultureInfo.InvariantCulture)))}{(shards.Count > 5 ? " and more" : "")}";

    private static string For(double seconds) => Quantity.OfDuration(Math.Floor(seconds));
}
