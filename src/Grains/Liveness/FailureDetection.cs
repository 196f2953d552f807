using System.Diagnostics.CodeAnalysis;
using Granary.Grains.Workers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Granary.Grains.Liveness;

/// <summary>Fits the cluster's failure detection to how late its silos are. Orleans takes a silo for dead whose probes fail twice and of whom
/// nothing has been heard for twice the longest probe; it reads these times anew at each probe, so that they can follow the
/// patience. A late silo also says so to the others, and its judgement of others does not count.</summary>
internal sealed partial class FailureDetection : ILifecycleParticipant<ISiloLifecycle>, IHealthCheckParticipant, IDisposable
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(1);

    private readonly Patience _patience;
    private readonly IClusterMembershipService _cluster;
    private readonly IWorkerClient _workers;
    private readonly ILocalSiloDetails _self;
    private readonly ProbeTimes _probes;
    private readonly ILogger<FailureDetection> _logger;
    private readonly CancellationTokenSource _stopping = new();
    private LatenessMeter? _meter;

    public FailureDetection(
        Patience patience, IClusterMembershipService cluster, IWorkerClient workers, ILocalSiloDetails self,
        IOptionsMonitor<ClusterMembershipOptions> probing, IOptions<ClusterMembershipOptions> joining, ILogger<FailureDetection> logger)
    {
        (_patience, _cluster, _workers, _self, _logger) = (patience, cluster, workers, self, logger);
        _probes = new ProbeTimes(probing.CurrentValue, joining.Value, TimeProvider.System);
    }

    /// <summary>Times for a cluster without late silos: a dead silo is removed after one to two seconds, a frozen one a little later.</summary>
    public static void Fast(ClusterMembershipOptions options)
    {
        options.ProbeTimeout = PatienceRule.Shortest;
        options.MinProbeTimeout = PatienceRule.Shortest / 2;
        options.MaxProbeTimeout = PatienceRule.Shortest;
        options.NumMissedProbesLimit = 2;
        options.NumVotesForDeathDeclaration = 1;
        options.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);

        // By the clocks of two machines: one that starts with its clock an hour back would have been joining for an hour. Probes find one that has died while it joined.
        options.EvictWhenMaxJoinAttemptTimeExceeded = false;
    }

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle)
    {
        // From the first stage on: a silo that starts is late most of all, and judges others before it has joined.
        lifecycle.Subscribe(nameof(FailureDetection), ServiceLifecycleStage.First, _ => Begin(), _ => End());
        lifecycle.Subscribe(nameof(FailureDetection), ServiceLifecycleStage.Active, _ => Follow(), _ => Task.CompletedTask);
    }

    /// <inheritdoc/>
    public bool CheckHealth(DateTime lastCheckTime, [NotNullWhen(false)] out string? reason)
    {
        reason = _patience.OwnLateness is var lateness && PatienceRule.Of(lateness) > PatienceRule.Shortest
            ? $"this silo gets the processor {lateness.TotalSeconds:0.0} s late"
            : null;
        return reason is null;
    }

    private Task Begin()
    {
        _meter = new LatenessMeter(_patience, () => _probes.Follow(_patience.Current));
        _ = Task.Run(FollowMembership);
        return Task.CompletedTask;
    }

    private Task Follow()
    {
        _ = Task.Run(TellOthers);
        return Task.CompletedTask;
    }

    private Task End()
    {
        _stopping.Cancel();
        _meter?.Dispose();
        return Task.CompletedTask;
    }

    private async Task FollowMembership()
    {
        try
        {
            await foreach (var snapshot in _cluster.MembershipUpdates.WithCancellation(_stopping.Token))
            {
                _patience.Joining(snapshot.Members.Values.Where(m => m.Status is SiloStatus.Joining or SiloStatus.Created).Select(m => m.SiloAddress));
            }
        }
        catch (OperationCanceledException)
        {
            // This silo stops.
        }
#pragma warning disable CA1031 // whatever it is: fall back to the usual times
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogBlind(_logger, e);
            _patience.Joining([]);
        }
    }

    private async Task TellOthers()
    {
        using var timer = new PeriodicTimer(TellEvery);
        while (await Ticks(timer))
        {
            if (_patience.FreshLateness is var lateness && PatienceRule.Of(lateness) > PatienceRule.Shortest)
            {
                foreach (var other in _cluster.CurrentSnapshot.Members.Values.Where(m => m.Status == SiloStatus.Active && !m.SiloAddress.Equals(_self.SiloAddress)))
                {
                    _ = Tell(other.SiloAddress, lateness);
                }
            }
        }
    }

    private async Task<bool> Ticks(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(_stopping.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task Tell(SiloAddress other, TimeSpan lateness)
    {
        try
        {
            await _workers.At(other).TellLateness(_self.SiloAddress, lateness);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            // It is gone, or later than this silo.
        }
    }

    [LoggerMessage(LogLevel.Error, "Silos that join cannot be followed any more: they are given no more time than others")]
    private static partial void LogBlind(ILogger logger, Exception exception);

    /// <inheritdoc/>
    public void Dispose() => End();
}
