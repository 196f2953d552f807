using Granary.Contracts;

namespace Granary.Sdk.Connecting;

/// <summary>A cluster that is asked by an Orleans client.</summary>
/// <param name="connection">The client.</param>
internal sealed class GrainCluster(ClusterConnection connection) : ICluster
{
    private ICatalogueGrain Catalogue => connection.Grains.GetGrain<ICatalogueGrain>(0);

    private ICoordinatorGrain Coordinator(string job) => connection.Grains.GetGrain<ICoordinatorGrain>(job);

    /// <inheritdoc/>
    public Task<string> Submit(Submission submission, CancellationToken cancellation) => connection.Persist(() => Catalogue.Submit(submission), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<JobStatus>> Jobs(CancellationToken cancellation) => connection.Ask(Catalogue.List, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<SiloInfo>> Silos(CancellationToken cancellation) => connection.Ask(connection.Grains.GetGrain<IClusterGrain>(0).Silos, cancellation);

    /// <inheritdoc/>
    public Task<JobStatus?> Status(string job, int pointsKnown, StatusMark? after, CancellationToken cancellation) => after is { } mark
        ? connection.AskAndWait(() => Coordinator(job).StatusAfter(mark, pointsKnown), cancellation)
        : connection.Ask(() => Coordinator(job).Status(pointsKnown), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<JobEvent>> Events(string job, CancellationToken cancellation) => connection.Ask(Coordinator(job).Events, cancellation);

    /// <inheritdoc/>
    public Task<GoodputReport?> Goodput(string job, CancellationToken cancellation) => connection.Ask(Coordinator(job).Goodput, cancellation);

    /// <inheritdoc/>
    public Task<JobActivity?> Activity(string job, CancellationToken cancellation) => connection.Ask(Coordinator(job).Doing, cancellation);

    /// <inheritdoc/>
    public Task Cancel(string job, CancellationToken cancellation) => Tell(Coordinator(job).Cancel, cancellation);

    /// <inheritdoc/>
    public Task Pause(string job, CancellationToken cancellation) => Tell(Coordinator(job).Pause, cancellation);

    /// <inheritdoc/>
    public Task<bool> Resume(string job, CancellationToken cancellation) => connection.Persist(() => Catalogue.Resume(job), cancellation);

    /// <inheritdoc/>
    public ValueTask<ClusterConnection> Grains(CancellationToken cancellation) => ValueTask.FromResult(connection);

    private Task Tell(Func<Task> what, CancellationToken cancellation) => connection.Persist(
        async () =>
        {
            await what();
            return true;
        },
        cancellation);

    /// <inheritdoc/>
    public void Dispose() => connection.Dispose();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
