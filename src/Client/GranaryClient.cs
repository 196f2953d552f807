using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Granary.Contracts;
using Granary.Jobs;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Runtime;
using StackExchange.Redis;

namespace Granary.Client;

/// <summary>Where a cluster's membership is to be found.</summary>
/// <param name="Cluster">Its id.</param>
/// <param name="MembershipFile">The embedded store; null with Redis.</param>
/// <param name="Redis">HOST:PORT; null with the embedded store.</param>
public sealed record ClusterAddress(string Cluster, string? MembershipFile, string? Redis);

/// <summary>A connection to a cluster, for the command line and for programs.</summary>
public sealed class GranaryClient : IAsyncDisposable
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(60);

    // A frozen silo answers nothing; the next try goes to another one.
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);

    private readonly IHost _host;
    private readonly IClusterClient _cluster;
    private readonly ClusterAddress _address;
    private readonly TimeSpan _patience;

    private GranaryClient(IHost host, ClusterAddress address, TimeSpan patience)
    {
        (_host, _address, _patience) = (host, address, patience);
        _cluster = host.Services.GetRequiredService<IClusterClient>();
    }

    /// <summary>Connects.</summary>
    /// <param name="address">The cluster.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <param name="patience">How long silence is borne, while connecting and again for each answer, on a quiet machine; a minute, which
    /// is also the longest, if left out.</param>
    /// <exception cref="UserException">No silo answers.</exception>
    public static Task<GranaryClient> Connect(ClusterAddress address, CancellationToken cancellation, TimeSpan? patience = null) =>
        Connect(Build(address), address, cancellation, patience);

    /// <summary>What connects, built while the silos still start: they need not be there yet.</summary>
    internal static IHost Build(ClusterAddress address)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddGranarySerialization();
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (address.Cluster, "granary"));
            client.Configure<ClientMessagingOptions>(o => o.ResponseTimeout = AnswerTime);
            client.Configure<GatewayOptions>(o => o.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2));
            if (address.Redis is { } redis)
            {
                client.UseRedisClustering(o => o.ConfigurationOptions = ConfigurationOptions.Parse(redis));
            }
            else
            {
                var store = new SqliteConnectionStringBuilder { DataSource = address.MembershipFile, Pooling = false, DefaultTimeout = 5 };
                client.UseAdoNetClustering(o => (o.Invariant, o.ConnectionString) = ("System.Data.SQLite", store.ToString()));
            }
        });
        return builder.Build();
    }

    /// <summary>Connects by what has been built.</summary>
    /// <inheritdoc cref="Connect(ClusterAddress, CancellationToken, TimeSpan?)" path="/exception"/>
    internal static async Task<GranaryClient> Connect(IHost host, ClusterAddress address, CancellationToken cancellation, TimeSpan? patience = null)
    {
        var (since, whole) = (Stopwatch.StartNew(), patience ?? LongPatience);
        try
        {
            var start = host.StartAsync(cancellation);
            while (await Task.WhenAny(start, Task.Delay(PollEvery, cancellation)) != start)
            {
                cancellation.ThrowIfCancellationRequested();
                if (since.Elapsed > Stretch(whole, Slowdown.OfThisProcess()))
                {
                    throw new TimeoutException();
                }
            }

            await start;

            // Every question has its whole time, however long it took to connect: a busy machine is slow in both, and a question to every
            // silo takes its time where one of them is silent.
            return new GranaryClient(host, address, Stretch(whole, Slowdown.OfThisProcess()));
        }
        catch (TimeoutException)
        {
            throw Silence(address, since.Elapsed); // the host is not disposed of: it would wait for its start, and the process is about to end
        }
        catch (Exception e) when (e is OrleansException or SiloUnavailableException or RedisException or System.Data.Common.DbException)
        {
            host.Dispose();
            throw new UserException(ExitCode.Unreachable, address.Redis is null
                ? "no silo of the cluster answers. Start one with: granary up"
                : $"no silo of {Named(address)} answers. Look at GRANARY_REDIS and GRANARY_CLUSTER, and whether its silos run.");
        }
    }

    /// <summary>Hands a job to the cluster; returns its id.</summary>
    public Task<string> Submit(Submission submission)
    {
        // With an id of its own a job that is handed over twice is taken once, so that a lost answer can be asked for again.
        var named = submission with
        {
            JobId = submission.JobId ?? $"{submission.Job.Name}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}",
        };
        return Persistently(() => Catalogue.Submit(named), default);
    }

    /// <summary>Every job the cluster knows.</summary>
    public Task<IReadOnlyList<JobStatus>> Jobs() => Question(Catalogue.List);

    /// <summary>The living silos.</summary>
    public Task<IReadOnlyList<SiloInfo>> Silos() => Question(_cluster.GetGrain<IClusterGrain>(0).Silos);

    /// <summary>Ends a job at its next step boundary.</summary>
    public Task Cancel(string job) => Persistently(
        async () =>
        {
            await _cluster.GetGrain<ICoordinatorGrain>(job).Cancel();
            return true;
        },
        default);

    /// <summary>Stops a job at its next step boundary, with a checkpoint; its silos are free for others.</summary>
    public Task Pause(string job) => Persistently(
        async () =>
        {
            await _cluster.GetGrain<ICoordinatorGrain>(job).Pause();
            return true;
        },
        default);

    /// <summary>Puts a paused job back in the queue. False when it has ended.</summary>
    public Task<bool> Resume(string job) => Persistently(() => Catalogue.Resume(job), default);

    /// <summary>What a job's committed steps have counted.</summary>
    public Task<LedgerReport?> Ledger(string job) => Question(_cluster.GetGrain<ICoordinatorGrain>(job).Ledger);

    /// <summary>Where a job stands.</summary>
    /// <exception cref="UserException">There is no such job.</exception>
    public async Task<JobStatus> Status(string job, int pointsKnown = 0) =>
        await Question(() => _cluster.GetGrain<ICoordinatorGrain>(job).Status(pointsKnown))
        ?? throw new UserException(ExitCode.Usage, await Unknown(job));

    /// <summary>What has happened to a job, oldest first.</summary>
    public Task<IReadOnlyList<JobEvent>> Events(string job) => Question(_cluster.GetGrain<ICoordinatorGrain>(job).Events);

    /// <summary>Does a fault within a silo.</summary>
    /// <exception cref="LostPeerException">There is no such silo, or not any more.</exception>
    /// <exception cref="JobException">It allows no faults.</exception>
    public Task Suffer(string silo, Fault fault) => _cluster.GetGrain<IClusterGrain>(0).Suffer(silo, fault);

    /// <summary>Ends a fault within a silo.</summary>
    /// <exception cref="LostPeerException">There is no such silo, or not any more.</exception>
    public Task Lift(string silo, FaultKind kind) => _cluster.GetGrain<IClusterGrain>(0).Lift(silo, kind);

    /// <summary>Evaluates a saved model. A silo that dies does not matter while another lives.</summary>
    /// <exception cref="UserException">Model or data cannot be used.</exception>
    public async Task<EvaluationReport> Evaluate(EvaluationRequest request, CancellationToken cancellation)
    {
        var grain = _cluster.GetGrain<IEvaluationGrain>(RandomNumberGenerator.GetHexString(12, lowercase: true));
        while (true)
        {
            switch (await Persistently(() => grain.Ask(request), cancellation))
            {
                case { Report: { } report }:
                    return report;
                case { Failure: { } failure }:
                    throw new UserException(ExitCode.Usage, failure);
                default:
                    await Task.Delay(PollEvery, cancellation);
                    break;
            }
        }
    }

    private async Task<string> Unknown(string job)
    {
        var known = (await Jobs()).Select(j => j.JobId).ToArray();
        return $"there is no job '{job}'. " + (known.Length == 0 ? "The cluster knows none yet." : $"Known: {string.Join(", ", known)}.");
    }

    /// <summary>The job's status again and again until it has ended, each with the points since the one before. A silo that
    /// dies does not matter while another answers within a minute.</summary>
    public async IAsyncEnumerable<JobStatus> Watch(string job, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var known = 0;
        var generation = -1L;
        while (true)
        {
            var status = await Status(job, known).WaitAsync(cancellation);
            if (status.Generation != generation && known > 0)
            {
                known = 0; // a new generation tells its story from the start
                generation = status.Generation;
                continue;
            }

            generation = status.Generation;
            known += status.Points.Count;
            yield return status;
            if (status.State is JobState.Completed or JobState.Failed or JobState.Cancelled)
            {
                yield break;
            }

            await Task.Delay(PollEvery, cancellation);
        }
    }

    /// <summary>Patience on a machine that is busy with other work: so many times as long, a minute at the most.</summary>
    internal static TimeSpan Stretch(TimeSpan patience, double slowdown) => patience * slowdown < LongPatience ? patience * slowdown : LongPatience;

    private static UserException Silence(ClusterAddress address, TimeSpan time) => new(
        ExitCode.Unreachable,
        $"no silo of {Named(address)} has answered for {Math.Ceiling(time.TotalSeconds):0} s: "
        + (address.Redis is null
            ? "its processes may be frozen, or the machine very busy. See: granary logs"
            : "its silos may be frozen or very busy, or cannot be reached from here. Look at their logs where they run, as with kubectl logs."));

    private static string Named(ClusterAddress address) => address.Redis is null ? "the cluster" : $"the cluster '{address.Cluster}' behind the Redis at {address.Redis}";

    private Task<T> Question<T>(Func<Task<T>> ask) => Persistently(() => HedgedQuestion<T>.Ask(ask), default);

    private async Task<T> Persistently<T>(Func<Task<T>> call, CancellationToken cancellation)
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                var rest = _patience - since.Elapsed;
                return await call().WaitAsync(rest > PollEvery ? rest : PollEvery, cancellation);
            }
            catch (Exception e) when (WayLost.Tells(e))
            {
                if (since.Elapsed > _patience)
                {
                    throw Silence(_address, _patience);
                }

                await Task.Delay(PollEvery, cancellation);
            }
            catch (Exception e) when (e is not (UserException or JobException or OperationCanceledException))
            {
                // It may be of any type, as if it had happened here: from here on nobody could tell.
                throw new UserException(ExitCode.Unreachable, $"the cluster did not answer as it should: {e.GetType().Name}: {e.Message}");
            }
        }
    }

    private ICatalogueGrain Catalogue => _cluster.GetGrain<ICatalogueGrain>(0);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _host.StopAsync(new CancellationTokenSource(TimeSpan.FromSeconds(2)).Token);
        }
        catch (OperationCanceledException)
        {
            // The silos are gone already.
        }

        _host.Dispose();
    }
}
