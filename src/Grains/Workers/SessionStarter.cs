using Granary.Contracts;
using Granary.Grains.Channel;
using Granary.Grains.Faults;
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
    private const int RoundTrips = 2; // of a late silo: what it may be silent for comes to the time that a connection is given anyway
    private static readonly TimeSpan ReachTime = TimeSpan.FromSeconds(2);

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

    /// <summary>Dials every other worker of a generation to come, and no more: one that cannot be reached must not end the generation that trains.</summary>
    /// <exception cref="LostPeerException">Some cannot be reached.</exception>
    public async Task Reach(Assignment assignment)
    {
        using var time = new CancellationTokenSource(_patience.Stretch(ReachTime));
        var question = Handshake.Question(_silo.Identity.Cluster, _silo.Identity.Platform, _codec.Name);
        var asked = assignment.Members.Select((member, rank) => rank == assignment.Rank
            ? Task.CompletedTask
            : Reach(question with { To = rank }, member, time.Token)).ToArray();
        await Task.WhenAll(asked).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        (string Silo, string? Cause)[] lost = [.. assignment.Members.Zip(asked, (m, a) => (Member: m, Asked: a)).Where(m => !m.Asked.IsCompletedSuccessfully)
            .Select(m => (m.Member.Name, m.Asked.Exception?.InnerException?.Message))];
        if (lost.Length > 0)
        {
            throw new LostPeerException($"silo {_silo.Identity.Name} does not reach {string.Join(", ", lost.Select(l => l.Cause is null ? l.Silo : $"{l.Silo} ({l.Cause})"))}")
            {
                Silos = [.. lost.Select(l => l.Silo)],
                Causes = [.. lost.Select(l => l.Cause)],
            };
        }
    }

    private async Task Reach(Handshake question, Member member, CancellationToken cancellation) =>
        (await MemberCall.Begin(question, member.Channel, new LinkFaults(_silo.Faults, member.Name), _silo.Identity.Certificates, cancellation)).Dispose();

    /// <summary>Connects to every other worker of a generation.</summary>
    /// <exception cref="LostPeerException">One cannot be reached.</exception>
    public async Task<PeerMesh> Connect(Assignment assignment)
    {
        var longest = ConnectTime + (RoundTrips * (_patience.Current - PatienceRule.Shortest));
        using var time = new CancellationTokenSource(longest);
        var generation = assignment.Generation;
        var self = new Handshake(_silo.Identity.Cluster, generation.JobId, generation.Number, assignment.Rank, 0, _silo.Identity.Platform, _codec.Name);
        try
        {
            return await PeerMesh.Connect(
                _listener, self, [.. assignment.Members.Select(m => m.Channel)], _silo.Faults, time.Token, _codec, _silo.Identity.Certificates, [.. assignment.Members.Select(m => m.Name)]);
        }
        catch (ChannelException e)
        {
            string[] silos = [.. e.Peers.Select(p => assignment.Members[p].Name)];
            throw new LostPeerException(time.IsCancellationRequested
                ? $"silo {assignment.Members[assignment.Rank].Name} had no connection to {string.Join(", ", silos)} within {longest.TotalSeconds:0} s"
                : $"{silos[0]}: {e.Message}")
            {
                Silos = silos,
                Causes = e.Causes,
            };
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
