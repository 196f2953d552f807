using System.Collections.Concurrent;
using Granary.Jobs;

namespace Granary.Web.Api;

/// <summary>The resolved jobs, which never change: each is asked for once.</summary>
/// <param name="calls">The cluster.</param>
internal sealed class KnownJobs(ClusterCalls calls)
{
    private const int Most = 256;

    private readonly ConcurrentDictionary<string, Job> _jobs = [];

    /// <summary>A job that the cluster knows.</summary>
    /// <param name="job">Its id.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="UnknownJobException">There is none.</exception>
    public async Task<Job> Of(string job, CancellationToken cancellation)
    {
        if (_jobs.TryGetValue(job, out var known))
        {
            return known;
        }

        var ledger = await calls.Ask(calls.Coordinator(job).Ledger, cancellation);
        if (ledger is null)
        {
            _ = await calls.Status(job, int.MaxValue, cancellation); // says that there is none
            throw new UnknownJobException($"there is no job '{job}'.");
        }

        if (_jobs.Count >= Most)
        {
            _jobs.Clear();
        }

        return _jobs[job] = ledger.Job;
    }
}
