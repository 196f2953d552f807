using System.Runtime.CompilerServices;
using Granary.Contracts;
using Granary.Sdk.Connecting;
using Granary.Sdk.Watching;

namespace Granary.Sdk;

/// <summary>A job of a cluster: to be watched, waited for, paused and ended. The job goes on whatever becomes of this.</summary>
public sealed class JobHandle
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(50);

    private readonly Once<ICluster> _connection;
    private readonly GranaryClient _client;

    internal JobHandle(Once<ICluster> connection, GranaryClient client, string id) => (_connection, _client, Id) = (connection, client, id);

    /// <summary>The job's id.</summary>
    public string Id { get; }

    /// <summary>Where the job stands, with all of its metric points.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The status.</returns>
    /// <exception cref="UnknownJobException">There is no such job.</exception>
    /// <exception cref="ClusterUnreachableException">No silo answers.</exception>
    public Task<JobStatus> GetStatusAsync(CancellationToken cancellationToken = default) => Status(0, null, cancellationToken);

    /// <summary>What has happened to the job, oldest first.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The events.</returns>
    /// <exception cref="ClusterUnreachableException">No silo answers.</exception>
    public async Task<IReadOnlyList<JobEvent>> GetEventsAsync(CancellationToken cancellationToken = default)
    {
        var cluster = await _connection.Get(cancellationToken);
        return await cluster.Events(Id, cancellationToken);
    }

    /// <summary>Where the job's time went, from its submission to its end, or until now.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The seconds of each part; they add up to the whole. Null for a job that an older build ran, which did not measure its time.</returns>
    /// <exception cref="UnknownJobException">There is no such job.</exception>
    /// <exception cref="ClusterUnreachableException">No silo answers.</exception>
    public async Task<GoodputReport?> GetGoodputAsync(CancellationToken cancellationToken = default)
    {
        await MustBeThere(cancellationToken);
        var cluster = await _connection.Get(cancellationToken);
        return await cluster.Goodput(Id, cancellationToken);
    }

    /// <summary>What each rank of the job is doing just now, and who is waited for where nothing moves.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The ranks; none where the job does not run.</returns>
    /// <exception cref="UnknownJobException">There is no such job.</exception>
    /// <exception cref="ClusterUnreachableException">No silo answers.</exception>
    public async Task<JobActivity> GetActivityAsync(CancellationToken cancellationToken = default)
    {
        var cluster = await _connection.Get(cancellationToken);
        return await cluster.Activity(Id, cancellationToken) ?? throw await Unknown(cancellationToken);
    }

    /// <summary>The job's status whenever it has changed, until the job has ended: the last one says how. Each has the metric points since the one
    /// before; where <see cref="JobStatus.Generation"/> is another than before, all of them from the start. Changes of state are told at once,
    /// steps about ten times a second. To stop watching does not stop the job.</summary>
    /// <param name="cancellationToken">Stops watching.</param>
    /// <returns>The statuses, as they come.</returns>
    /// <exception cref="UnknownJobException">There is no such job.</exception>
    /// <exception cref="ClusterUnreachableException">No silo answers.</exception>
    public async IAsyncEnumerable<JobStatus> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (known, generation) = (0, -1L);
        StatusMark? mark = null;
        while (true)
        {
            var status = await Status(known, mark, cancellationToken);
            if (status.Generation != generation && known > 0)
            {
                (known, generation, mark) = (0, status.Generation, null); // a new generation sends its metric points from the start
                continue;
            }

            if (status.Mark == mark)
            {
                await Task.Delay(AskAgain, cancellationToken); // a coordinator that is about to leave its silo answers at once, without a change
            }

            (generation, mark) = (status.Generation, status.Mark);
            known += status.Points.Count;
            yield return status;
            if (status.HasEnded())
            {
                yield break;
            }
        }
    }

    /// <summary>Waits until the job has ended.</summary>
    /// <param name="cancellationToken">Gives up. The job goes on.</param>
    /// <returns>What it came to: completed, or cancelled.</returns>
    /// <exception cref="JobFailedException">The job has failed.</exception>
    /// <exception cref="UnknownJobException">There is no such job.</exception>
    /// <exception cref="ClusterUnreachableException">No silo answers.</exception>
    public async Task<JobOutcome> WaitAsync(CancellationToken cancellationToken = default) =>
        JobOutcome.Of(await Until(status => status.HasEnded(), cancellationToken));

    /// <summary>Ends the job at its next step boundary; the last good weights are written. One that waits or is paused ends at once. Returns when
    /// the cluster has been told: <see cref="WaitAsync"/> waits for the end.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Completes when the cluster has been told.</returns>
    /// <exception cref="UnknownJobException">There is no such job.</exception>
    /// <exception cref="ClusterUnreachableException">No silo answers.</exception>
    public async Task CancelAsync(CancellationToken cancellationToken = default)
    {
        await MustBeThere(cancellationToken);
        var cluster = await _connection.Get(cancellationToken);
        await cluster.Cancel(Id, cancellationToken);
    }

    /// <summary>Stops the job at its next step boundary, with a checkpoint: its silos are free for others. Returns when it stands still, or has
    /// ended before that.</summary>
    /// <param name="cancellationToken">Gives up waiting. The job comes to rest all the same.</param>
    /// <returns>Where it stands.</returns>
    /// <exception cref="UnknownJobException">There is no such job.</exception>
    /// <exception cref="ClusterUnreachableException">No silo answers.</exception>
    public async Task<JobStatus> PauseAsync(CancellationToken cancellationToken = default)
    {
        await MustBeThere(cancellationToken);
        await Pause(cancellationToken);
        return await Until(status => status.State == JobState.Paused || status.HasEnded(), cancellationToken);
    }

    /// <summary>Puts a paused job back in the queue; it goes on where it stopped.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False when it has ended: there is nothing to go on with.</returns>
    /// <exception cref="UnknownJobException">There is no such job.</exception>
    /// <exception cref="ClusterUnreachableException">No silo answers.</exception>
    public async Task<bool> ResumeAsync(CancellationToken cancellationToken = default)
    {
        await MustBeThere(cancellationToken);
        var cluster = await _connection.Get(cancellationToken);
        return await cluster.Resume(Id, cancellationToken);
    }

    /// <summary>Asks for a pause, and does not wait for it.</summary>
    internal async Task Pause(CancellationToken cancellation) => await (await _connection.Get(cancellation)).Pause(Id, cancellation);

    /// <summary>What the job's committed steps have counted.</summary>
    internal async Task<LedgerReport?> Ledger(CancellationToken cancellation)
    {
        var cluster = await (await _connection.Get(cancellation)).Grains(cancellation);
        return await cluster.Ask(cluster.Grains.GetGrain<ICoordinatorGrain>(Id).Ledger, cancellation);
    }

    /// <summary>Where the job stands.</summary>
    /// <param name="pointsKnown">Metric points that are left out.</param>
    /// <param name="after">A status that the next one is waited for; null: the present one.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="UnknownJobException">There is no such job.</exception>
    internal async Task<JobStatus> Status(int pointsKnown, StatusMark? after, CancellationToken cancellation)
    {
        var cluster = await _connection.Get(cancellation);
        return await cluster.Status(Id, pointsKnown, after, cancellation) ?? throw await Unknown(cancellation);
    }

    private Task MustBeThere(CancellationToken cancellation) => Status(int.MaxValue, null, cancellation);

    private async Task<JobStatus> Until(Func<JobStatus, bool> holds, CancellationToken cancellation)
    {
        await foreach (var status in WatchAsync(cancellation))
        {
            if (holds(status))
            {
                return status;
            }
        }

        throw new InvalidOperationException("The job has ended, and its last status was not seen.");
    }

    private async Task<UnknownJobException> Unknown(CancellationToken cancellation)
    {
        var known = (await _client.ListJobsAsync(cancellation)).Select(j => j.JobId).ToArray();
        return new UnknownJobException(
            Id, $"there is no job '{Id}'. " + (known.Length == 0 ? "The cluster knows none yet." : $"Known: {string.Join(", ", known)}."));
    }
}
