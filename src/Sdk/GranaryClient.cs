using Granary.Contracts;
using Granary.Jobs;
using Granary.Sdk.Connecting;
using Granary.Sdk.Submitting;

namespace Granary.Sdk;

/// <summary>A client of a cluster: submits jobs, and finds those that the cluster has. Safe for use by several threads. A silo that dies does not matter
/// while another answers.</summary>
public sealed class GranaryClient : IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(150);

    private readonly Once<ICluster> _connection;
    private readonly LocalPaths? _local;

    /// <summary>A client that connects when it is asked for something for the first time.</summary>
    /// <param name="options">Which cluster; the one that the command line would speak to if left out.</param>
    public GranaryClient(GranaryClientOptions? options = null)
        : this(Lazily(options ?? new GranaryClientOptions()))
    {
    }

    private GranaryClient(Once<ICluster> connection, LocalPaths? local = null) => (_connection, _local) = (connection, local);

    private static Once<ICluster> Lazily(GranaryClientOptions options) =>
        new(async cancellation => await ClusterLink.Connect(options.Address(), cancellation, options.Patience));

    /// <summary>Connects to a cluster.</summary>
    /// <param name="options">Which one; the one that the command line would speak to if left out.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The client, connected.</returns>
    /// <exception cref="ClusterUnreachableException">No cluster is there, or no silo of it answers.</exception>
    public static async Task<GranaryClient> ConnectAsync(GranaryClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        var client = new GranaryClient(options);
        await client._connection.Get(cancellationToken);
        return client;
    }

    internal static async Task<GranaryClient> Connect(ClusterAddress address, CancellationToken cancellation, TimeSpan? patience = null) =>
        new(Once<ICluster>.Of(await ClusterLink.Connect(address, cancellation, patience)));

    internal static GranaryClient Of(ClusterConnection connection, LocalPaths? local = null) => new(Once<ICluster>.Of(new GrainCluster(connection)), local);

    /// <summary>Hands a job to the cluster, which trains it when its turn comes.</summary>
    /// <param name="job">The job, from a <see cref="JobBuilder"/>.</param>
    /// <param name="options">Where its model goes, and more; the usual if left out.</param>
    /// <param name="cancellationToken">Gives up. A job that had been taken by then goes on.</param>
    /// <returns>The job, to be watched.</returns>
    /// <exception cref="JobRefusedException">Its output folder, or the run that it is to go on from, cannot be used.</exception>
    /// <exception cref="DataRefusedException">Its data cannot be used.</exception>
    /// <exception cref="LocalClusterException">The silo's program, which checks the data, is not on this machine.</exception>
    /// <exception cref="ClusterUnreachableException">No silo answers.</exception>
    public async Task<JobHandle> SubmitAsync(Job job, SubmitOptions? options = null, CancellationToken cancellationToken = default)
    {
        var told = options ?? new SubmitOptions();
        var checkedData = told.CheckData ? await JobCheckReport.Of(job, _local?.SiloProgram, withColumns: false, cancellationToken) : null;
        return await Submit(told.Submission(job, _local, checkedData?.Warnings), cancellationToken);
    }

    /// <summary>Reads all of a job's data, as its shards will, without training. A process of its own does so, which ends with that.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What is in the data.</returns>
    /// <exception cref="DataRefusedException">The data cannot be used.</exception>
    /// <exception cref="LocalClusterException">The silo's program is not on this machine.</exception>
    public Task<JobCheckReport> CheckAsync(Job job, CancellationToken cancellationToken = default) =>
        JobCheckReport.Of(job, _local?.SiloProgram, withColumns: true, cancellationToken);

    /// <summary>A job that the cluster knows.</summary>
    /// <param name="jobId">Its id. Whether the cluster knows it is found out by the first question.</param>
    /// <returns>The job.</returns>
    /// <exception cref="UnknownJobException">The id is empty.</exception>
    public JobHandle GetJob(string jobId) => string.IsNullOrWhiteSpace(jobId)
        ? throw new UnknownJobException(jobId, "a job's id cannot be empty. Those that the cluster has: granary jobs")
        : new(_connection, this, jobId);

    /// <summary>Every job the cluster knows, oldest first.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Where each stands.</returns>
    /// <exception cref="ClusterUnreachableException">No silo answers.</exception>
    public async Task<IReadOnlyList<JobStatus>> ListJobsAsync(CancellationToken cancellationToken = default) =>
        await (await _connection.Get(cancellationToken)).Jobs(cancellationToken);

    /// <summary>The living silos.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Each of them.</returns>
    /// <exception cref="ClusterUnreachableException">No silo answers.</exception>
    public async Task<IReadOnlyList<SiloInfo>> ListSilosAsync(CancellationToken cancellationToken = default) =>
        await (await _connection.Get(cancellationToken)).Silos(cancellationToken);

    /// <summary>A saved model's figures over labelled examples, found by the cluster.</summary>
    /// <param name="request">Model and data; paths are absolute, and the same for every silo.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Loss, accuracy, confusions and more.</returns>
    /// <exception cref="DataRefusedException">Model or data cannot be used.</exception>
    /// <exception cref="ClusterUnreachableException">No silo answers.</exception>
    public async Task<EvaluationReport> EvaluateAsync(EvaluationRequest request, CancellationToken cancellationToken = default)
    {
        var cluster = await Connection(cancellationToken);
        var grain = cluster.Grains.GetGrain<IEvaluationGrain>(RandomName.Of(length: 12));
        while (true)
        {
            switch (await cluster.Persist(() => grain.Ask(request), cancellationToken))
            {
                case { Report: { } report }:
                    return report;
                case { Failure: { } failure }:
                    throw new DataRefusedException(failure);
                default:
                    await Task.Delay(AskAgain, cancellationToken);
                    break;
            }
        }
    }

    /// <summary>Predicts an input in parts, which lie in their folder when this has ended.</summary>
    /// <exception cref="DataRefusedException">Model or input cannot be used.</exception>
    /// <exception cref="ClusterUnreachableException">No silo answers.</exception>
    internal async Task PredictAsync(PredictionRequest request, CancellationToken cancellation)
    {
        var cluster = await Connection(cancellation);
        var grain = cluster.Grains.GetGrain<IPredictionGrain>(RandomName.Of(length: 12));
        while (await cluster.Persist(() => grain.Ask(request), cancellation) is { IsDone: false } answer)
        {
            if (answer.Failure is { } failure)
            {
                throw new DataRefusedException(failure);
            }

            await Task.Delay(AskAgain, cancellation);
        }
    }

    /// <summary>Hands a job over as it is. With an id of its own a job that is handed over twice is taken once, so that a lost answer can be
    /// asked for again.</summary>
    internal async Task<JobHandle> Submit(Submission submission, CancellationToken cancellation)
    {
        var named = submission with { JobId = submission.JobId ?? RandomName.Of(submission.Job) };
        var cluster = await _connection.Get(cancellation);
        try
        {
            return GetJob(await cluster.Submit(named, cancellation));
        }
        catch (ClusterUnreachableException e)
        {
            throw new ClusterUnreachableException($"{e.Message} Whether it has taken the job says: granary show {named.JobId}");
        }
    }

    /// <summary>Does a fault within a silo.</summary>
    /// <exception cref="LostPeerException">There is no such silo, or not any more.</exception>
    /// <exception cref="JobException">It allows no faults.</exception>
    internal async Task InjectFault(string silo, Fault fault) => await (await Connection(default)).Grains.GetGrain<IClusterGrain>(0).InjectFault(silo, fault);

    /// <summary>Ends a fault within a silo.</summary>
    /// <exception cref="LostPeerException">There is no such silo, or not any more.</exception>
    internal async Task ClearFault(string silo, FaultKind kind) => await (await Connection(default)).Grains.GetGrain<IClusterGrain>(0).ClearFault(silo, kind);

    private async Task<ClusterConnection> Connection(CancellationToken cancellation) => await (await _connection.Get(cancellation)).Grains(cancellation);

    /// <summary>Closes the connection. Jobs go on.</summary>
    public void Dispose() => _connection.Dispose();

    /// <summary>Closes the connection. Jobs go on.</summary>
    /// <returns>Completes when it is closed.</returns>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
