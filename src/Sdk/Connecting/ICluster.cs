using Granary.Contracts;

namespace Granary.Sdk.Connecting;

/// <summary>What clients ask of a cluster, whichever way leads there. An answer is waited for as long as the cluster's patience says; silos
/// that die do not matter while another answers.</summary>
internal interface ICluster : IAsyncDisposable, IDisposable
{
    /// <summary>Hands a job over. It has an id, so that a job that is handed over twice is taken once.</summary>
    /// <returns>The id.</returns>
    /// <exception cref="JobRefusedException">The job cannot be taken.</exception>
    /// <exception cref="ClusterUnreachableException">Nobody answers; so it is of every question.</exception>
    Task<string> Submit(Submission submission, CancellationToken cancellation);

    /// <summary>Every job, oldest first.</summary>
    Task<IReadOnlyList<JobStatus>> Jobs(CancellationToken cancellation);

    /// <summary>The living silos.</summary>
    Task<IReadOnlyList<SiloInfo>> Silos(CancellationToken cancellation);

    /// <summary>Where a job stands; null: there is no such job.</summary>
    /// <param name="job">Its id.</param>
    /// <param name="pointsKnown">Metric points that are left out.</param>
    /// <param name="after">A status that the next one is waited for; null: the present one.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<JobStatus?> Status(string job, int pointsKnown, StatusMark? after, CancellationToken cancellation);

    /// <summary>What has happened to a job, oldest first.</summary>
    Task<IReadOnlyList<JobEvent>> Events(string job, CancellationToken cancellation);

    /// <summary>Where a job's time went; null: there is no such job, or an older build ran it.</summary>
    Task<GoodputReport?> Goodput(string job, CancellationToken cancellation);

    /// <summary>What each rank of a job is doing; null: there is no such job.</summary>
    Task<JobActivity?> Activity(string job, CancellationToken cancellation);

    /// <summary>Has a job end at its next step boundary.</summary>
    Task Cancel(string job, CancellationToken cancellation);

    /// <summary>Has a job pause at its next step boundary.</summary>
    Task Pause(string job, CancellationToken cancellation);

    /// <summary>Puts a paused job back in the queue; false: it has ended.</summary>
    Task<bool> Resume(string job, CancellationToken cancellation);

    /// <summary>An Orleans client, for what is asked seldom.</summary>
    ValueTask<ClusterConnection> Grains(CancellationToken cancellation);
}
