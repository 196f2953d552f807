using System.Globalization;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Client.Display;

/// <summary>What the ranks of jobs are doing, for people.</summary>
internal static class ActivityText
{
    /// <param name="jobs">The jobs.</param>
    /// <param name="width">Columns of the terminal; null: no limit.</param>
    /// <returns>For each job a line, who is waited for, and a table of its ranks.</returns>
    public static string Of(IReadOnlyList<JobActivity> jobs, int? width) =>
        jobs.Count == 0 ? "No job is running.\n" : string.Join("\n", jobs.Select(j => Of(j, width)));

    private static string Of(JobActivity job, int? width)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"{job.JobId}  {job.State.ToString().ToLowerInvariant()}{(job.State == JobState.Running && job.Activity.Length > 0 ? ": " + job.Activity : "")}, step {job.Step:#,0}\n");
        var cause = job.WaitingFor is { } waiting ? $"no progress for {Seconds(job.Seconds)}: {waiting}\n" : "";
        if (job.Ranks.Count == 0)
        {
            return head + cause;
        }

        var table = new TextTable(text: false, ">rank", "silo", "doing", ">for", "waits for");
        foreach (var rank in job.Ranks)
        {
            table.Add(
                rank.Rank.ToString(CultureInfo.InvariantCulture),
                rank.Silo,
                rank.Words + (rank.Shards.Count > 0 ? $" (shard {string.Join(", ", rank.Shards.Take(4))}{(rank.Shards.Count > 4 ? ", ..." : "")})" : ""),
                Seconds(rank.Seconds),
                string.Join(", ", rank.WaitsFor));
        }

        return head + cause + table.Text(width);
    }

    /// <summary>The document of one job.</summary>
    public static object Document(JobActivity job) => new
    {
        job = job.JobId,
        state = job.State.ToString().ToLowerInvariant(),
        activity = job.Activity,
        step = job.Step,
        secondsSinceProgress = job.Seconds,
        waitingFor = job.WaitingFor,
        ranks = job.Ranks.Select(r => new { rank = r.Rank, silo = r.Silo, activity = r.Words, seconds = r.Seconds, waitsFor = r.WaitsFor, shards = r.Shards }),
    };

    // A rank that computes has another activity every few milliseconds.
    private static string Seconds(double seconds) => seconds < 1 ? "< 1 s" : Quantity.OfDuration(Math.Floor(seconds));
}
