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

    private readonly ConcurrentDictionary<string, JobEntry> _jobs = []; // also read by threads of others
    private readonly SiloIdentity _silo;
    private readonly ShardRegistry _registry;
    private readonly ReadingThreads _reading;
    private readonly IGrainFactory _grains;
    private readonly IClusterMembershipService _cluster;
    private readonly Departure _departure;
    private readonly SiloFaults _faults;
    private readonly Patience _patience;
    private readonly ILogger<Worker> _logger;
    private readonly ILogger<OverlapRule> _trials; // the worker's own logger is limited to warnings
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
    public async Task<HeldState> Join(GenerationId generation, long recordsFrom)
    {
        _jobs.TryGetValue(generation.JobId, out var before);
        if (before is not null && before.Generation.Number > generation.Number)
        {
            throw Stale(generation, before.Generation.Number);
        }

        var entry = new JobEntry(generation, before?.Memory ?? new JobMemory());
        _jobs[generation.JobId] = entry;
        if (before is not null)
        {
            await before.End();
            Dismiss(before);
            _ = Current(generation); // a newer generation may have come meanwhile: then it owns the memory
        }

        var (steps, evaluations) = entry.Memory.Log.From(recordsFrom, int.MaxValue);
        return new HeldState(entry.Memory.HeldVersions(), steps, evaluations);
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
            assignment.Generation.JobId, v, () => _reading.Run(() => ShardData.Read(job, v, _reading.Means).Prepare(facts)))));
    }

    /// <inheritdoc/>
    public async Task<GradientRecord?> Prepare(Assignment assignment, DataFacts facts, RestoreSource restore)
    {
        var entry = Assign(assignment);
        var generation = assignment.Generation;
        var joining = Task.WhenAll(Shards(entry).Select(s => s.Join(assignment.Job, facts)));
        var mesh = await Connect(assignment);
        try
        {
            if ((await joining).FirstOrDefault(name => name != _silo.Name) is { } other)
            {
                throw new LostPeerException($"a shard of silo {_silo.Name} was placed in silo {other}");
            }

            _ = Current(generation);
            if (restore.Checkpoint.Count == 0 && restore.Transfers.Count == 0)
            {
                await Task.Run(() => InitialFile.Verify(assignment.Job, facts, _silo.Name));
            }

            await Begin(entry, assignment, facts, restore, mesh);
        }
        catch when (entry.Run is null)
        {
            mesh.Dispose();
            throw;
        }

        await entry.Run!.Ready;
        _registry.Forget(generation.JobId, [.. ShardsOf(assignment)]);
        return entry.Run.Checked;
    }

    private async Task Begin(JobEntry entry, Assignment assignment, DataFacts facts, RestoreSource restore, PeerMesh mesh)
    {
        var task = TrainingTask.Create(assignment, facts);
        var times = new StepTimes();
        var reporter = new Reporter(
            assignment, _grains.GetGrain<ICoordinatorGrain>(assignment.Generation.JobId), entry.Memory.Log, times, restore.Step, _logger);
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
                ? new TrainingRun<double>(task, restore, entry.Memory, _silo, _registry, mesh, times, _faults, listener)
                : new TrainingRun<float>(task, restore, entry.Memory, _silo, _registry, mesh, times, _faults, listener));
            if (!entry.TryBegin(run, reporter))
            {
                await Task.Run(run.Dispose);
                throw Stale(assignment.Generation, assignment.Generation.Number);
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
        var generation = assignment.Generation;
        var self = new Handshake(
            _silo.Cluster, generation.JobId, generation.Number, assignment.Rank, 0, _silo.Platform);
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
            throw new LostPeerException($"the members of generation {generation.Number} did not all connect within {longest.TotalSeconds:0} s");
        }
    }

    // A worker that loses a connection probes the other processes, so that the cluster need not wait for missed heartbeats: where one
    // has died another may have too, and either may have held the coordinator.
    private Task Look(WorkerTrouble trouble, Assignment assignment) => trouble.Peer is null
        ? Task.CompletedTask
        : Task.WhenAll(assignment.Members.Where((_, m) => m != assignment.Rank).Select(Look));

    private async Task Look(Member peer)
    {
        try
        {
            await PeerProbe.DeclareDeadIfGone(peer, _cluster);
        }
#pragma warning disable CA1031 // membership notices by itself, a little later
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogUnsure(_logger, peer.Name, e.Message);
        }
    }

    /// <inheritdoc/>
    public Task Grant(GenerationId generation, StepGrant grant)
    {
        Running(generation).Grant(grant);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<WorkerStanding> Stand(GenerationId generation) => Task.FromResult(Running(generation).Stand());

    /// <inheritdoc/>
    public Task<long> Halt(GenerationId generation) => Running(generation).Halt();

    /// <inheritdoc/>
    public async Task<SavedWeights> HashWeights(GenerationId generation, long step)
    {
        var run = Running(generation);
        await run.Reach(step);
        return await Task.Run(run.HashWeights);
    }

    /// <inheritdoc/>
    public Task LoadCheckpoint(GenerationId generation, RestoreSource checkpoint)
    {
        var run = Running(generation);
        return Task.Run(() => run.LoadCheckpoint(checkpoint));
    }

    /// <inheritdoc/>
    public Task TakeOutput(GenerationId generation, string output, bool overwrite, string? continues)
    {
        _ = Current(generation);
        return Task.Run(() => new RunFolder(output, generation.JobId).Take(overwrite, continues));
    }

    /// <inheritdoc/>
    public Task GiveBackOutput(GenerationId generation, string output)
    {
        _ = Current(generation); // refuses a coordinator that has been replaced
        return Task.Run(() => new RunFolder(output, generation.JobId).GiveBack());
    }

    /// <inheritdoc/>
    public Task<string?> Publish(GenerationId generation, Publication publication)
    {
        var run = Running(generation);
        return Task.Run(() => OutputFolder.Try(() => run.Publish(publication)));
    }

    /// <inheritdoc/>
    public Task<NonFiniteFinding> FindNonFinite(GenerationId generation)
    {
        var run = Running(generation);
        return Task.Run(run.FindNonFinite);
    }

    /// <inheritdoc/>
    public Task InjectFault(Fault fault)
    {
        if (!_silo.AllowsFaults)
        {
            throw new JobException($"silo {_silo.Name} allows no faults: it was not started for them (--allow-faults).");
        }

        LogFaultInjected(_logger, Kebab.Name(fault.Kind), fault.Seconds);
        _faults.Add(fault);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ClearFault(FaultKind kind)
    {
        _faults.Take(kind);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task TellLateness(SiloAddress silo, TimeSpan lateness)
    {
        if (_cluster.CurrentSnapshot.GetSiloStatus(silo) == SiloStatus.Active)
        {
            _patience.Told(lateness); // a silo declared dead is not waited for
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task Release(GenerationId generation)
    {
        if (!_jobs.TryGetValue(generation.JobId, out var entry))
        {
            _registry.Forget(generation.JobId, []); // what was preloaded for a generation that never started
        }
        else if (entry.Generation.Number <= generation.Number)
        {
            _jobs.TryRemove(generation.JobId, out _);
            await entry.End();
            await Task.Run(entry.Memory.Dispose);
            if (!_jobs.ContainsKey(generation.JobId))
            {
                _registry.Forget(generation.JobId, []); // else another generation uses them
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
        var (first, end) = new ShardPlan(assignment.Job.Data.Shards, assignment.Members.Count).Of(assignment.Rank);
        return Enumerable.Range(first, end - first);
    }

    private IEnumerable<IShardGrain> Shards(JobEntry entry) => ShardsOf(entry.Assignment!).Select(v =>
        _grains.GetGrain<IShardGrain>(ShardGrain.Key(entry.Generation, v)));

    private JobEntry Assign(Assignment assignment)
    {
        var entry = Current(assignment.Generation);
        entry.Assignment = assignment;
        return entry;
    }

    private JobEntry Current(GenerationId generation) =>
        !_jobs.TryGetValue(generation.JobId, out var entry) ? throw Stale(generation, 0)
        : entry.Generation.Number != generation.Number ? throw Stale(generation, entry.Generation.Number)
        : entry;

    private ITrainingRun Running(GenerationId generation) => Current(generation).Run
        ?? throw new InvalidOperationException($"Job {generation.JobId} has not been prepared on silo {_silo.Name}.");

    private StaleGenerationException Stale(GenerationId generation, long known) => new(
        $"Silo {_silo.Name} knows generation {known} of job {generation.JobId}; a call of generation {generation.Number} is refused.");

    // bench/Scaling reads this line.
    [LoggerMessage(LogLevel.Information, "Job {Name}: a step that exchanges beside the backward pass takes {Beside:F2} ms, after it {After:F2} ms: {Chosen} for now")]
    private static partial void LogTried(ILogger logger, string name, double beside, double after, string chosen);

    [LoggerMessage(LogLevel.Warning, "Injected fault {Kind} for {Seconds} s")]
    private static partial void LogFaultInjected(ILogger logger, string kind, double seconds);

    [LoggerMessage(LogLevel.Warning, "Could not find out whether silo {Name} is gone: {Reason}")]
    private static partial void LogUnsure(ILogger logger, string name, string reason);
}
