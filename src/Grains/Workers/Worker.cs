using System.Globalization;
using System.Threading.Channels;
using Granary.Contracts;
using Granary.Grains.Channel;
using Granary.Grains.Compute;
using Granary.Jobs;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Granary.Grains.Workers;

/// <summary>See <see cref="IWorker"/>. Keeps one entry per job; the arithmetic is in <see cref="TrainingRun{T}"/>.</summary>
[Reentrant]
internal sealed partial class Worker : GrainService, IWorker
{
    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(20);

    private readonly Dictionary<string, Entry> _jobs = [];
    private readonly SiloIdentity _silo;
    private readonly ShardRegistry _registry;
    private readonly IGrainFactory _grains;
    private readonly ILogger<Worker> _logger;
    private readonly string _address;
    private readonly TensorListener _listener;
    private readonly Channel<Func<Task>> _outbox = System.Threading.Channels.Channel.CreateBounded<Func<Task>>(1024);

    public Worker(
        GrainId id, Silo silo, ILoggerFactory loggers, SiloIdentity identity, ShardRegistry registry, IGrainFactory grains)
        : base(id, silo, loggers)
    {
        (_silo, _registry, _grains) = (identity, registry, grains);
        _address = silo.SiloAddress.ToParsableString();
        _logger = loggers.CreateLogger<Worker>();
        _listener = new TensorListener(identity.Channel, identity.Cluster, SiloIdentity.Platform, loggers.CreateLogger<TensorListener>());
    }

    /// <inheritdoc/>
    public override async Task Start()
    {
        await base.Start();
        _ = SendReports();
    }

    /// <inheritdoc/>
    public override async Task Stop()
    {
        foreach (var entry in _jobs.Values.ToArray())
        {
            await entry.End();
        }

        _jobs.Clear();
        _listener.Dispose();
        await base.Stop();
    }

    /// <inheritdoc/>
    public Task<SiloInfo> Describe() => Task.FromResult(new SiloInfo(
        _silo.Name,
        _address,
        Environment.ProcessId,
        "active",
        _silo.Threads,
        _silo.Device,
        _listener.EndPoint.ToString(),
        SiloIdentity.Platform));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ShardSurvey>> Survey(Assignment assignment)
    {
        var membership = assignment.Membership;
        if (_jobs.TryGetValue(membership.JobId, out var known))
        {
            if (known.Assignment.Membership.Generation > membership.Generation)
            {
                throw Stale(membership, known.Assignment.Membership.Generation);
            }

            await known.End();
        }

        var entry = new Entry(assignment);
        _jobs[membership.JobId] = entry;
        return await Task.WhenAll(Shards(entry).Select(async shard =>
        {
            while (true)
            {
                if (await shard.Survey(assignment.Job, _silo.Name) is { } survey)
                {
                    return survey;
                }
            }
        }));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<TrainingStatistics>> Statistics(Membership membership, DataFacts facts) =>
        await Task.WhenAll(Shards(Current(membership)).Select(s => s.Statistics(facts)));

    /// <inheritdoc/>
    public async Task Prepare(Membership membership, DataFacts facts)
    {
        var entry = Current(membership);
        await Task.WhenAll(Shards(entry).Select(s => s.Join(membership, facts)));
        var assignment = entry.Assignment;
        var task = TrainingTask.Create(assignment, facts);
        using var time = new CancellationTokenSource(ConnectTime);
        var self = new Handshake(
            _silo.Cluster, membership.JobId, membership.Generation, assignment.Index, 0, SiloIdentity.Platform);
        var mesh = await PeerMesh.Connect(_listener, self, assignment.Members, time.Token);
        var coordinator = _grains.GetGrain<ICoordinatorGrain>(membership.JobId);
        void Report(WorkerReport r) => Post(() => coordinator.Report(r));
        void Trouble(WorkerTrouble t) => Post(() => coordinator.Trouble(t));
        var run = await Task.Run<ITrainingRun>(() => assignment.Job.Model.Precision == Precision.Float64
            ? new TrainingRun<double>(task, _silo, _registry, mesh, Report, Trouble)
            : new TrainingRun<float>(task, _silo, _registry, mesh, Report, Trouble));
        if (!entry.TryBegin(run))
        {
            await Task.Run(run.Dispose);
            throw Stale(membership, membership.Generation);
        }
    }

    // A run's thread must not run ahead of what the coordinator can take in: a full outbox holds it up.
    private void Post(Func<Task> call)
    {
        if (!_outbox.Writer.TryWrite(call))
        {
            _outbox.Writer.WriteAsync(call).AsTask().Wait();
        }
    }

    private async Task SendReports()
    {
        await foreach (var call in _outbox.Reader.ReadAllAsync(StoppedCancellationTokenSource.Token))
        {
            try
            {
                await call();
            }
#pragma warning disable CA1031 // a report that cannot be delivered is logged; the coordinator asks again when it is back
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogUndelivered(_logger, e);
            }
        }
    }

    /// <inheritdoc/>
    public Task Grant(Membership membership, long until)
    {
        Running(membership).Grant(until);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<long> Halt(Membership membership) => Running(membership).Halt();

    /// <inheritdoc/>
    public Task<SavedWeights> Weigh(Membership membership)
    {
        var run = Running(membership);
        return Task.Run(run.Weigh);
    }

    /// <inheritdoc/>
    public Task Publish(Membership membership, string output, IReadOnlyDictionary<string, string> papers)
    {
        var run = Running(membership);
        return Task.Run(() => run.Publish(output, papers));
    }

    /// <inheritdoc/>
    public Task<int?> FindNonFinite(Membership membership)
    {
        var run = Running(membership);
        return Task.Run(run.FindNonFinite);
    }

    /// <inheritdoc/>
    public async Task Release(Membership membership)
    {
        if (_jobs.TryGetValue(membership.JobId, out var entry) && entry.Assignment.Membership.Generation <= membership.Generation)
        {
            _jobs.Remove(membership.JobId);
            await entry.End();
            await Task.WhenAll(Shards(entry).Select(s => s.Leave()));
        }
    }

    private IEnumerable<IShardGrain> Shards(Entry entry)
    {
        var (first, end) = new ShardPlan(entry.Assignment.Job.Data.Shards, entry.Assignment.Members.Count).Of(entry.Assignment.Index);
        return Enumerable.Range(first, end - first).Select(v => _grains.GetGrain<IShardGrain>(
            string.Create(CultureInfo.InvariantCulture, $"{entry.Assignment.Membership.JobId}/{v}")));
    }

    private Entry Current(Membership membership) =>
        !_jobs.TryGetValue(membership.JobId, out var entry) ? throw Stale(membership, 0)
        : entry.Assignment.Membership.Generation != membership.Generation ? throw Stale(membership, entry.Assignment.Membership.Generation)
        : entry;

    private ITrainingRun Running(Membership membership) => Current(membership).Run
        ?? throw new InvalidOperationException($"Job {membership.JobId} has not been prepared on silo {_silo.Name}.");

    private StaleGenerationException Stale(Membership membership, long known) => new(
        $"Silo {_silo.Name} knows generation {known} of job {membership.JobId}; a call of generation {membership.Generation} is refused.");

    [LoggerMessage(LogLevel.Warning, "A report could not be delivered to its coordinator")]
    private static partial void LogUndelivered(ILogger logger, Exception exception);

    private sealed class Entry(Assignment assignment)
    {
        public Assignment Assignment { get; } = assignment;

        private Task? _ending;

        public ITrainingRun? Run { get; private set; }

        /// <summary>Takes a run in, unless this entry has ended while the run was being made.</summary>
        public bool TryBegin(ITrainingRun run)
        {
            if (_ending is null)
            {
                Run = run;
            }

            return _ending is null;
        }

        // A release, a newer generation and the silo's own end may come at once: the run's memory is freed by the first, and
        // the others wait for it. Turns of the service never overlap, so that no lock is needed here.
        public Task End() => _ending ??= Task.Run(() => Run?.Dispose());
    }
}
