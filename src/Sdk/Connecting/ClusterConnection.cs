using System.Diagnostics;
using Granary.Contracts;
using Granary.Contracts.Certificates;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using StackExchange.Redis;

namespace Granary.Sdk.Connecting;

/// <summary>A connection to a cluster. It survives silos that die: a call is retried through another silo until the time for it is over.</summary>
internal sealed class ClusterConnection : IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(60);

    // A frozen silo answers nothing; the next try goes to another one.
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(2);

    private readonly IHost _host;
    private readonly PersistentCalls _calls;
    private bool _disposed;

    private ClusterConnection(IHost host, PersistentCalls calls)
    {
        (_host, _calls) = (host, calls);
        Grains = host.Services.GetRequiredService<IClusterClient>();
    }

    /// <summary>The cluster's grains. Calls go through <see cref="Ask"/> or <see cref="Persist"/>.</summary>
    public IClusterClient Grains { get; }

    /// <summary>Connects.</summary>
    /// <param name="address">The cluster.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <param name="patience">How long silence is borne, while connecting and again for each answer, on a quiet machine; a minute, which
    /// is also the longest, if left out.</param>
    /// <exception cref="ClusterUnreachableException">No silo answers.</exception>
    public static Task<ClusterConnection> Connect(ClusterAddress address, CancellationToken cancellation, TimeSpan? patience = null) =>
        Connect(Build(address), address, cancellation, patience);

    /// <summary>What connects, built while the silos still start: they need not be there yet.</summary>
    /// <exception cref="ClusterUnreachableException">The client's certificates cannot be used.</exception>
    internal static IHost Build(ClusterAddress address)
    {
        var certificates = Certificates(address);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddGranarySerialization();
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (address.Cluster, "granary"));
            client.Configure<ClientMessagingOptions>(o => o.ResponseTimeout = AnswerTime);
            if (certificates is not null)
            {
                client.Configure<ClientConnectionOptions>(o => o.ConfigureConnection(b => b.Use(new TlsConnections(certificates, refused: null).Call)));
            }

            client.Configure<GatewayOptions>(o => o.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2));
            if (address.Redis is { } redis)
            {
                client.UseRedisClustering(o => o.ConfigurationOptions = ConfigurationOptions.Parse(redis));
            }
            else if (address.Postgres is { } postgres)
            {
                client.UseAdoNetClustering(o => (o.Invariant, o.ConnectionString) = ("Npgsql", postgres));
            }
            else
            {
                var store = new SqliteConnectionStringBuilder { DataSource = address.MembershipFile, Pooling = false, DefaultTimeout = 5 };
                client.UseAdoNetClustering(o => (o.Invariant, o.ConnectionString) = ("System.Data.SQLite", store.ToString()));
            }

            StoreGateways.Watch(client.Services);
        });
        return builder.Build();
    }

    private static ClusterCertificates? Certificates(ClusterAddress address)
    {
        try
        {
            return address.Certificates is { } folder ? ClusterCertificates.Open(folder) : null;
        }
        catch (CertificateException e)
        {
            throw new ClusterUnreachableException(e.Message);
        }
    }

    /// <summary>Connects by what has been built.</summary>
    /// <inheritdoc cref="Connect(ClusterAddress, CancellationToken, TimeSpan?)" path="/exception"/>
    internal static async Task<ClusterConnection> Connect(IHost host, ClusterAddress address, CancellationToken cancellation, TimeSpan? patience = null)
    {
        var (since, whole) = (Stopwatch.StartNew(), patience ?? LongPatience);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var start = Task.CompletedTask;
        try
        {
            start = host.StartAsync(enough.Token);
            while (await Task.WhenAny(start, Task.Delay(PersistentCalls.Pause, cancellation)) != start)
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
            return new ClusterConnection(host, Calls(address, whole));
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            var storeIsSilent = !host.Services.GetRequiredService<StoreGateways>().HasAnswered;
            await enough.CancelAsync();
            _ = GiveUp(host, start); // not waited for: it waits for a silo that does not answer
            throw e is not TimeoutException ? new OperationCanceledException(cancellation)
                : storeIsSilent && address.Store is { } store ? StoreAway(address, store, $"it has not answered for {Math.Ceiling(since.Elapsed.TotalSeconds):0} s")
                : Silence(address, since.Elapsed);
        }
        catch (Exception e) when (e is OrleansException or SiloUnavailableException or RedisException or System.Data.Common.DbException or System.Net.Sockets.SocketException)
        {
            var storeIsSilent = !host.Services.GetRequiredService<StoreGateways>().HasAnswered;
            host.Dispose();
            throw address.Store is not { } store ? new ClusterUnreachableException("no silo of the cluster answers. Start one with: granary up")
                : storeIsSilent ? StoreAway(address, store, e.GetBaseException().Message)
                : new ClusterUnreachableException(
                    $"no silo of {Named(address)} answers. Look at {store.Variable}, GRANARY_CLUSTER and GRANARY_CERTS (silos with certificates let in nobody without), and whether its silos run.");
        }
    }

    private static ClusterUnreachableException StoreAway(ClusterAddress address, (string Variable, string Place) store, string why) => new(
        $"the {Kind(address)} at {store.Place}, in which commands find the silos of the cluster '{address.Cluster}', cannot be asked: {why.TrimEnd('.')}. "
        + $"Look at {store.Variable} and at that server. Jobs go on without it for a while; --url asks the cluster's HTTP API, which needs no store.");

    /// <summary>Calls to a cluster, whichever way they go.</summary>
    internal static PersistentCalls Calls(ClusterAddress address, TimeSpan? patience) =>
        new(Stretch(patience ?? LongPatience, Slowdown.OfThisProcess()), time => Silence(address, time));

    /// <summary>Patience on a machine that is busy with other work: so many times as long, a minute at the most.</summary>
    internal static TimeSpan Stretch(TimeSpan patience, double slowdown) => patience * slowdown < LongPatience ? patience * slowdown : LongPatience;

    private static ClusterUnreachableException Silence(ClusterAddress address, TimeSpan time) => new(
        $"no silo of {Named(address)} has answered for {Math.Ceiling(time.TotalSeconds):0} s: "
        + (address.Remote is not null ? "it may be another address, a network between may be cut off, its silos may be down, or a silo was lost while its store is away."
            : address.IsElsewhere ? "its silos may be frozen or very busy, or cannot be reached from here. Look at their logs where they run, as with kubectl logs."
            : "its processes may be frozen, or the machine very busy. See: granary logs"));

    private static string Named(ClusterAddress address) => address.Remote is { } remote ? $"the cluster at {remote}"
        : address.Store is { } store
        ? $"the cluster '{address.Cluster}' behind the {Kind(address)} at {store.Place}"
        : "the cluster";

    private static string Kind(ClusterAddress address) => address.Redis is null ? "PostgreSQL database" : "Redis";

    // The host waits for its own start before it can be disposed of.
    private static async Task GiveUp(IHost host, Task start)
    {
        await start.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        host.Dispose();
    }

    /// <summary>Asks what changes nothing: it may be answered more than once.</summary>
    /// <exception cref="ClusterUnreachableException">Nobody answers.</exception>
    public Task<T> Ask<T>(Func<Task<T>> question, CancellationToken cancellation) => _calls.Ask(question, cancellation);

    /// <summary>The same for a long poll, which is answered late when nothing has changed: the time for it is longer by that wait.</summary>
    /// <exception cref="ClusterUnreachableException">Nobody answers.</exception>
    public Task<T> AskAndWait<T>(Func<Task<T>> question, CancellationToken cancellation) => _calls.AskAndWait(question, cancellation);

    /// <summary>Calls until an answer has come: what is done by it must be the same where it is done twice.</summary>
    /// <exception cref="ClusterUnreachableException">Nobody answers.</exception>
    /// <exception cref="JobRefusedException">The answer is that a job cannot be taken.</exception>
    public Task<T> Persist<T>(Func<Task<T>> call, CancellationToken cancellation) => _calls.Persist(call, cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _disposed, true))
        {
            _host.Dispose();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        try
        {
            using var time = new CancellationTokenSource(StopTime);
            await _host.StopAsync(time.Token);
        }
        catch (OperationCanceledException)
        {
            // The silos are gone already.
        }

        _host.Dispose();
    }
}
