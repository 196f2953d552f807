using Granary.Contracts;
using Granary.Jobs;
using Granary.Sdk.Submitting;

namespace Granary.Client.Commands;

/// <summary>A job of a group, and what a check of its data found doubtful.</summary>
internal sealed record GroupedJob(Job Job, IReadOnlyList<JobWarning> Warnings);

/// <summary>Jobs that are handed in together and waited for.</summary>
internal static class JobGroup
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(300);

    /// <summary>Runs them to their ends; returns what became of each, in their order.</summary>
    /// <param name="client">The cluster.</param>
    /// <param name="group">What they have in common.</param>
    /// <param name="jobs">The jobs.</param>
    /// <param name="output">A folder for a folder of each; null: the cluster's own place.</param>
    /// <param name="line">One that has ended, in a line.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public static async Task<JobStatus[]> Run(
        GranaryClient client, string group, IReadOnlyList<GroupedJob> jobs, string? output, Func<int, JobStatus, string> line, CancellationToken cancellation)
    {
        var ids = new List<string>();
        foreach (var (job, warnings) in jobs)
        {
            var id = RandomName.Of(job);
            await client.Submit(new Submission(job, (job.Output.Path ?? output) is { } place ? Path.Combine(place, id) : null, id, Group: group, Warnings: warnings), cancellation);
            ids.Add(id);
        }

        await Console.Error.WriteLineAsync($"{group}: {Plural.Of(ids.Count, "job")}");
        var ended = new Dictionary<string, JobStatus>();
        while (ended.Count < ids.Count)
        {
            foreach (var status in (await client.ListJobsAsync(cancellation)).Where(s => ids.Contains(s.JobId) && !ended.ContainsKey(s.JobId)))
            {
                if (status.State is JobState.Completed or JobState.Failed or JobState.Cancelled)
                {
                    ended.Add(status.JobId, status);
                    await Console.Error.WriteLineAsync($"[{ended.Count}/{ids.Count}] {line(ids.IndexOf(status.JobId), status)}");
                }
            }

            await Task.Delay(PollEvery, cancellation);
        }

        return [.. ids.Select(id => ended[id])];
    }
}
