using Granary.Contracts;
using Granary.Grains.Channel;
using Granary.Grains.Liveness;
using Granary.Grains.Telemetry;
using Granary.Jobs;
using Microsoft.Extensions.Logging;

namespace Granary.Grains.Workers;

/// <summary>Starts this silo's sessions: connects them to the other workers of their generation, and has the tensor port that others
/// connect to.</summary>
internal sealed class SessionStarter : IDisposable
{
    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(10);

    private readonly SiloMeans _silo;
    private readonly Patience _patience;
    private readonly IGrainFactory _grains;
    private readonly PeerWatch _peers;
    private readonly ILoggerFactory _loggers;
    private readonly IBlockCodec _codec;
    private readonly TensorListener _listener;

    /// <param name="silo">This silo.</param>
    /// <param name="patience">How long late silos are waited for.</param>
    /// <param name="grains">Reaches coordinators.</param>
    /// <param name="peers">Checks peers that may be gone.</param>
    /// <param name="loggers">Makes loggers.</param>
    /// <param name="codec">How blocks are encoded.</param>
    public SessionStarter(
        SiloMeans silo, Patience patience, IGrainFactory grains, PeerWatch peers, ILoggerFactory loggers, IBlockCodec codec)
    {
        (_silo, _patience, _grains, _peers, _loggers, _codec) = (silo, patience, grains, peers, loggers, codec);
        var self = silo.Identity;
        _listener = new TensorListener(self.Channel, self.Cluster, self.Platform, loggers.CreateLogger<TensorListener>(), self.TcpAlone, patience.Stretch, codec, self.Certificates);
    }

    /// <summary>Where the tensor port listens.</summary>
    public string Channel => _listener.EndPoint.ToString();

    /// <summary>Connects to every other worker of a generation.</summary>
    /// <exception cref="LostPeerException">One cannot be reached.</exception>
    public async Task<PeerMesh> Connect(Assignment assignment)
    {
        var longest = _patience.Stretch(ConnectTime);
        using var time = new CancellationTokenSource(longest);
        var generation = assignment.Generation;
        var self = new Handshake(_silo.Identity.Cluster, generation.JobId, generation.Number, assignment.Rank, 0, _silo.Identity.Platform, _codec.Name);
        try
        {
            return await PeerMesh.Connect(_listener, self, [.. assignment.Members.Select(m => m.Channel)], _silo.Faults, time.Token, _codec, _silo.Identity.Certificates);
        }
        catch (ChannelException e)
        {
            throw new LostPeerException($"{assignment.Members[e.Peer].Name}: {e.Message}");
        }
        catch (OperationCanceledException)
        {
            throw new LostPeerException($"the members of generation {generation.Number} did not all connect within {longest.TotalSeconds:0} s");
        }
    }

    /// <summary>Starts a session.</summary>
    /// <param name="entry">The job's entry, which has the session from now on.</param>
    /// <param name="assignment">The worker's place in the generation.</param>
    /// <param name="facts">What the shards agreed on.</param>
    /// <param name="restore">Where the version to start from comes from.</param>
    /// <param name="mesh">Connections to the other workers.</param>
    /// <returns>False: the entry has ended meanwhile.</returns>
    public async Task<bool> Start(JobEntry entry, Assignment assignment, DataFacts facts, RestoreSource restore, PeerMesh mesh)
    {
        System.Diagnostics.Activity.Current = null; // the session's threads outlive the call that starts it
        var task = TrainingTask.Create(assignment, facts);
        var (times, metrics) = (new StepTimes(), new StepMetrics(task.JobId));
        var reporter = new Reporter(
            assignment, _grains.GetGrain<ICoordinatorGrain>(assignment.Generation.JobId), entry.Memory.Log, times, metrics, restore.Step, _loggers.CreateLogger<Reporter>());
        var reports = new SessionReports(assignment, reporter, times, metrics, _peers, _loggers.CreateLogger<OverlapRule>());
        try
        {
            var session = await Task.Run<IWorkerSession>(() => assignment.Job.Model.Precision == Precision.Float64
                ? new WorkerSession<double>(task, restore, entry.Memory, _silo, mesh, reports)
                : new WorkerSession<float>(task, restore, entry.Memory, _silo, mesh, reports));
            if (entry.TryBegin(session, reporter))
            {
                return true;
            }

            await Task.Run(session.Dispose);
            reporter.Dispose();
            return false;
        }
        catch
        {
            reporter.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();
}
