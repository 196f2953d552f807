using System.Collections.Concurrent;
using Granary.Contracts;
using Granary.Grains.Channel;
using Granary.Grains.Compute;
using Granary.Grains.Faults;
using Granary.Grains.Liveness;
using Granary.Grains.Shards;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Training;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Granary.Grains.Workers;

/// <summary>See <see cref="IWorker"/>. Keeps one entry per job; the arithmetic is in <see cref="TrainingRun{T}"/>.</summary>
[Reentrant]
internal sealed partial class Worker : GrainService, IWorker
{
    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, JobEntry> _jobs = []; // looked at from threads that are not the service's, too
    private readonly SiloIdentity _silo;
    private readonly ShardRegistry _registry;
    private readonly ReadingThreads _reading;
    private readonly IGrainFactory _grains;
    private readonly IClusterMembershipService _cluster;
    private readonly Departure _departure;
    private readonly SiloFaults _faults;
    private readonly Patience _patience;
    private readonly ILogger<Worker> _logger;
    private readonly ILogger<OverlapRule> _trials; // the worker's own tells nothing below a warning
    private readonly SiloAddress _address;
    private readonly TensorListener _listener;
    private readonly LossWatch _losses;

    public Worker(
        GrainId id, Silo silo, ILoggerFactory loggers, SiloIdentity identity, ShardRegistry registry, ReadingThreads reading,
        IGrainFactory grains, IClusterMembershipService cluster, Departure departure, SiloFaults faults, Patience patience)
        : base(id, silo, loggers)
    {
        TorchThreads.OnePerComputeThread();
        (_silo, _registry, _reading, _grains, _cluster, _departure) = (identity, registry, reading, grains, cluster, departure);
        _address = silo.SiloAddress;
        _logger = loggers.CreateLogger<Worker>();
        _trials = loggers.CreateLogger<OverlapRule>();
        _listener = new TensorListener(identity.Channel, identity.Cluster, identity.Platform, loggers.CreateLogger<TensorListener>(), identity.TcpAlone, patience.Stretch);
        (_faults, _patience) = (faults, patience);
        departure.Jobs = () => [.. _jobs.Keys];
        _losses = new LossWatch(
            cluster.MembershipUpdates, departure.Jobs, job => grains.GetGrain<ICoordinatorGrain>(job).Status(int.MaxValue));
    }

    /// <inheritdoc/>
    public override async Task Stop()
    {
        _losses.Dispose();
        foreach (var entry in _jobs.Values.ToArray())
        {
            await entry.End();
            entry.Memory.Dispose();
        }

        _jobs.Clear();
        _listener.Dispose();
        await base.Stop();
    }

    /// <inheritdoc/>
    public Task<SiloInfo> Describe() => Task.FromResult(new SiloInfo(
        _silo.Name,
        _address.ToParsableString(),
        Environment.ProcessId,
        _departure.Begun ? "leaving" : "active",
        _silo.Threads,
        _silo.Device,
        _listener.EndPoint.ToString(),
        _silo.Platform,
        _silo.Gflops));

    /// <inheritdoc/>
    public async Task<Holdings> Enter(Membership membership, long recordsFrom)
    {
        _jobs.TryGetValue(membership.JobId, out var before);
        if (before is not null && before.Membership.Generation > membership.Generation)
        {
            throw Stale(membership, before.Membership.Generation);
        }

        var entry = new JobEntry(membership, before?.Memory ?? new JobMemory());
        _jobs[membership.JobId] = entry;
        if (before is not null)
        {
            await before.End();
            Dismiss(before);
            _ = Current(membership); // a newer generation may have come meanwhile: then it owns the memory
        }

        var (steps, evaluations) = entry.Memory.Log.From(recordsFrom, int.MaxValue);
        return new Holdings(entry.Memory.Holdings(), steps, evaluations);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ShardSurvey>> Survey(Assignment assignment)
    {
        var entry = Assign(assignment);
        return await Task.WhenAll(Shards(entry).Select(shard => shard.Survey(assignment.Job)));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<TrainingStatistics>> Statistics(Assignment assignment, DataFacts facts) =>
        await Task.WhenAll(Shards(Assign(assignment)).Select(s => s.Statistics(assignment.Job, facts)));

    /// <inheritdoc/>
    public Task Preload(Assignment assignment, DataFacts facts)
    {
        var job = assignment.Job;
        return Task.WhenAll(ShardsOf(assignment).Select(v => _registry.Load(
            assignment.Membership.JobId, v, () => _reading.Run(() => ShardData.Read(job, v, _reading.Means).Prepare(facts)))));
    }

    /// <inheritdoc/>
    public async Task<GradientRecord?> Prepare(Assignment assignment, DataFacts facts, Origin origin)
    {
        var entry = Assign(assignment);
        var membership = assignment.Membership;
        var joining = Task.WhenAll(Shards(entry).Select(s => s.Join(assignment.Job, facts)));
        var mesh = await Connect(assignment);
        try
        {
            if ((await joining).FirstOrDefault(name => name != _silo.Name) is { } other)
            {
                throw new LostPeerException($"a shard of silo {_silo.Name} was placed in silo {other}");
            }

            _ = Current(membership);
            if (origin.Checkpoint.Count == 0 && origin.Transfers.Count == 0)
            {
                await Task.Run(() => InitialFile.Verify(assignment.Job, facts, _silo.Name));
            }

            await Begin(entry, assignment, facts, origin, mesh);
        }
        catch when (entry.Run is null)
        {
            mesh.Dispose();
            throw;
        }

        await entry.Run!.Ready;
        _registry.Forget(membership.JobId, [.. ShardsOf(assignment)]);
        return entry.Run.Checked;
    }

    private async Task Begin(JobEntry entry, Assignment assignment, DataFacts facts, Origin origin, PeerMesh mesh)
    {
        var task = TrainingTask.Create(assignment, facts);
        var times = new StepTimes();
        var reporter = new Reporter(
            assignment, _grains.GetGrain<ICoordinatorGrain>(assignment.Membership.JobId), entry.Memory.Log, times, origin.Step, _logger);
        var listener = new RunListener(
            reporter.Wake,
            trouble =>
            {
                reporter.Add(trouble);
                _ = Look(trouble, assignment);
            },
            reporter.Add,
            trial => LogTried(_trials, assignment.Job.Name, trial.Beside * 1e3, trial.After * 1e3, trial.Overlaps ? "beside it" : "after it"));
        try
        {
            var run = await Task.Run<ITrainingRun>(() => assignment.Job.Model.Precision == Precision.Float64
                ? new TrainingRun<double>(task, origin, entry.Memory, _silo, _registry, mesh, times, _faults, listener)
                : new TrainingRun<float>(task, origin, entry.Memory, _silo, _registry, mesh, times, _faults, listener));
            if (!entry.TryBegin(run, reporter))
            {
                await Task.Run(run.Dispose);
                throw Stale(assignment.Membership, assignment.Membership.Generation);
            }
        }
        catch
        {
            reporter.Dispose();
            throw;
        }
    }

    private async Task<PeerMesh> Connect(Assignment assignment)
    {
        var longest = _patience.Stretch(ConnectTime);
        using var time = new CancellationTokenSource(longest);
        var membership = assignment.Membership;
        var self = new Handshake(
            _silo.Cluster, membership.JobId, membership.Generation, assignment.Index, 0, _silo.Platform);
        try
        {
            return await PeerMesh.Connect(_listener, self, [.. assignment.Members.Select(m => m.Channel)], _faults, time.Token);
        }
        catch (ChannelException e)
        {
            throw new LostPeerException($"{assignment.Members[e.Peer].Name}: {e.Message}");
        }
        catch (OperationCanceledException)
        {
            throw new LostPeerException($"the members of generation {membership.Generation} did not all connect within {longest.TotalSeconds:0} s");
        }
    }

    // Whoever loses a connection looks whether the other processes still exist, so that nobody waits for missed probes: where one has
    // died another may have too, and the coordinator may have been in either.
    private Task Look(WorkerTrouble trouble, Assignment assignment) => trouble.Peer is null
        ? Task.CompletedTask
        : Task.WhenAll(assignment.Members.Where((_, m) => m != assignment.Index).Select(Look));

    private async Task Look(Member peer)
    {
        try
        {
            await PeerProbe.Bury(peer, _cluster);
        }
#pragma warning disable CA1031 // membership finds out by itself, a little later
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogUnsure(_logger, peer.Name, e.Message);
        }
    }

    /// <inheritdoc/>
    public Task Grant(Membership membership, StepGrant grant)
    {
        Running(membership).Grant(grant);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<WorkerStanding> Stand(Membership membership) => Task.FromResult(Running(membership).Stand());

    /// <inheritdoc/>
    public Task<long> Halt(Membership membership) => Running(membership).Halt();

    /// <inheritdoc/>
    public async Task<SavedWeights> Weigh(Membership membership, long step)
    {
        var run = Running(membership);
        await run.Reach(step);
        return await Task.Run(run.Weigh);
    }

    /// <inheritdoc/>
    public Task Recall(Membership membership, Origin checkpoint)
    {
        var run = Running(membership);
        return Task.Run(() => run.Recall(checkpoint));
    }

    /// <inheritdoc/>
    public Task TakeOutput(Membership membership, string output, bool overwrite, string? continues)
    {
        _ = Current(membership);
        return Task.Run(() => new RunFolder(output, membership.JobId).Take(overwrite, continues));
    }

    /// <inheritdoc/>
    public Task GiveBackOutput(Membership membership, string output)
    {
        _ = Current(membership); // a coordinator that has been replaced gives nothing away
        return Task.Run(() => new RunFolder(output, membership.JobId).GiveBack());
    }

    /// <inheritdoc/>
    public Task<string?> Publish(Membership membership, Publication publication)
    {
        var run = Running(membership);
        return Task.Run(() => OutputFolder.Try(() => run.Publish(publication)));
    }

    /// <inheritdoc/>
    public Task<NonFiniteFinding> FindNonFinite(Membership membership)
    {
        var run = Running(membership);
        return Task.Run(run.FindNonFinite);
    }

    /// <inheritdoc/>
    public Task Suffer(Fault fault)
    {
        if (!_silo.AllowsFaults)
        {
            throw new JobException($"silo {_silo.Name} allows no faults: it was not started for them (--allow-faults).");
        }

        LogSuffers(_logger, Kebab.Name(fault.Kind), fault.Seconds);
        _faults.Add(fault);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Lift(FaultKind kind)
    {
        _faults.Take(kind);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task TellLateness(SiloAddress silo, TimeSpan lateness)
    {
        if (_cluster.CurrentSnapshot.GetSiloStatus(silo) == SiloStatus.Active)
        {
            _patience.Told(lateness); // one that wakes after it was taken for dead is not waited for
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task Release(Membership membership)
    {
        if (!_jobs.TryGetValue(membership.JobId, out var entry))
        {
            _registry.Forget(membership.JobId, []); // what was read ahead for a generation that never came
        }
        else if (entry.Membership.Generation <= membership.Generation)
        {
            _jobs.TryRemove(membership.JobId, out _);
            await entry.End();
            await Task.Run(entry.Memory.Dispose);
            if (!_jobs.ContainsKey(membership.JobId))
            {
                _registry.Forget(membership.JobId, []); // else they are another generation's by now
            }

            Dismiss(entry);
        }
    }

    // The shards of a generation that is over.
    private void Dismiss(JobEntry entry)
    {
        foreach (var shard in entry.Assignment is null ? [] : Shards(entry))
        {
            _ = shard.Leave().ContinueWith(t => t.Exception, TaskScheduler.Default);
        }
    }

    private static IEnumerable<int> ShardsOf(Assignment assignment)
    {
        var (first, end) = new ShardPlan(assignment.Job.Data.Shards, assignment.Members.Count).Of(assignment.Index);
        return Enumerable.Range(first, end - first);
    }

    private IEnumerable<IShardGrain> Shards(JobEntry entry) => ShardsOf(entry.Assignment!).Select(v =>
        _grains.GetGrain<IShardGrain>(ShardGrain.Key(entry.Membership, v)));

    private JobEntry Assign(Assignment assignment)
    {
        var entry = Current(assignment.Membership);
        entry.Assignment = assignment;
        return entry;
    }

    private JobEntry Current(Membership membership) =>
        !_jobs.TryGetValue(membership.JobId, out var entry) ? throw Stale(membership, 0)
        : entry.Membership.Generation != membership.Generation ? throw Stale(membership, entry.Membership.Generation)
        : entry;

    private ITrainingRun Running(Membership membership) => Current(membership).Run
        ?? throw new InvalidOperationException($"Job {membership.JobId} has not been prepared on silo {_silo.Name}.");

    private StaleGenerationException Stale(Membership membership, long known) => new(
        $"Silo {_silo.Name} knows generation {known} of job {membership.JobId}; a call of generation {membership.Generation} is refused.");

    // bench/Scaling reads this line.
    [LoggerMessage(LogLevel.Information, "Job {Name}: a step that exchanges beside the backward pass takes {Beside:F2} ms, after it {After:F2} ms: {Chosen} for now")]
    private static partial void LogTried(ILogger logger, string name, double beside, double after, string chosen);

    [LoggerMessage(LogLevel.Warning, "Suffers a fault by script: {Kind}, for {Seconds} s")]
    private static partial void LogSuffers(ILogger logger, string kind, double seconds);

    [LoggerMessage(LogLevel.Warning, "Whether silo {Name} is gone could not be found out: {Reason}")]
    private static partial void LogUnsure(ILogger logger, string name, string reason);
}
