using Granary.Contracts;
using Granary.Grains.Compute;
using Granary.Grains.TensorBoard;
using Granary.Jobs;
using Granary.Model.Training;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Granary.Grains.Workers;

/// <summary>See <see cref="IWorker"/>. Turns calls into those of the job's session in the generation that the call names.</summary>
[Reentrant]
internal sealed class Worker : GrainService, IWorker
{
    private readonly SiloCondition _condition;
    private readonly JobTable _jobs;
    private readonly AssignedShards _shards;
    private readonly SessionStarter _sessions;
    private readonly SiloAddress _address;
    private readonly LossWatch _losses;
    private readonly SiloIdentity _self;
    private readonly OpenCalls _calls = new();
    private (int Most, Task<IReadOnlyList<AuditEntry>> Reading) _audit = (0, Task.FromResult<IReadOnlyList<AuditEntry>>([]));

    public Worker(
        GrainId id, Silo silo, ILoggerFactory loggers, SiloCondition condition, JobTable jobs, AssignedShards shards,
        SessionStarter sessions, LossWatch losses, SiloIdentity self)
        : base(id, silo, loggers)
    {
        TorchThreads.OnePerComputeThread();
        (_condition, _jobs, _shards, _sessions, _losses, _self) = (condition, jobs, shards, sessions, losses, self);
        _address = silo.SiloAddress;
    }

    /// <inheritdoc/>
    public override async Task Stop()
    {
        _losses.Dispose();
        await Task.WhenAll(_jobs.Entries.Select(async entry =>
        {
            await entry.End();
            entry.Memory.Dispose();
        }));

        _jobs.Clear();
        _sessions.Dispose();
        await base.Stop();
    }

    /// <inheritdoc/>
    public Task<SiloInfo> Describe() => Task.FromResult(_condition.Describe(_address, _sessions.Channel));

    /// <inheritdoc/>
    public Task<IReadOnlyList<AuditEntry>> Audit(int most)
    {
        // It reads files. Where the disk does not answer, those who ask again wait for the same answer.
        if (_audit.Most != most || _audit.Reading.IsCompleted)
        {
            _audit = (most, Task.Run(() => _self.Audit?.Invoke(most) ?? []));
        }

        return _audit.Reading;
    }

    /// <inheritdoc/>
    public async Task<HeldState> Join(GenerationId generation, long recordsFrom)
    {
        using var call = _calls.Begin(generation);
        var (entry, before) = _jobs.Join(generation);
        if (before is not null)
        {
            await before.End();
            entry.ForgetBefore();
            _shards.Leave(before);
            _ = _jobs.Current(generation); // a newer generation may have come meanwhile: then it owns the memory
        }

        var (steps, evaluations) = entry.Memory.Log.From(recordsFrom, int.MaxValue);
        return new HeldState(entry.Memory.HeldVersions(), steps, evaluations);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ShardSurvey>> Survey(Assignment assignment)
    {
        using var call = _calls.Begin(assignment.Generation);
        _jobs.Assign(assignment);
        return await _shards.Ask(assignment, shard => shard.Survey(assignment.Job));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<TrainingStatistics>> Statistics(Assignment assignment, DataFacts facts)
    {
        using var call = _calls.Begin(assignment.Generation);
        _jobs.Assign(assignment);
        return await _shards.Ask(assignment, shard => shard.Statistics(assignment.Job, facts));
    }

    /// <inheritdoc/>
    public async Task Preload(Assignment assignment, DataFacts facts)
    {
        using var call = _calls.Begin(assignment.Generation);
        await _sessions.Reach(assignment);
        await _shards.Preload(assignment, facts);
    }

    /// <inheritdoc/>
    public async Task<GradientRecord?> Prepare(Assignment assignment, DataFacts facts, RestoreSource restore)
    {
        using var call = _calls.Begin(assignment.Generation);
        using var span = RestoreSpan(assignment);
        var entry = _jobs.Assign(assignment);
        var joining = _shards.Ask(assignment, shard => shard.Join(assignment.Job, facts));
        var mesh = await _sessions.Connect(assignment);
        try
        {
            if ((await joining).FirstOrDefault(name => name != _condition.Name) is { } other)
            {
                throw new LostPeerException($"a shard of silo {_condition.Name} was placed in silo {other}");
            }

            _ = _jobs.Current(assignment.Generation);
            if (restore.Checkpoint.Count == 0 && restore.Transfers.Count == 0)
            {
                await Task.Run(() => InitialFile.Verify(assignment.Job, facts, _condition.Name));
            }

            if (!await _sessions.Start(entry, assignment, facts, restore, mesh))
            {
                throw _jobs.Stale(assignment.Generation, assignment.Generation.Number);
            }
        }
        catch when (entry.Session is null)
        {
            mesh.Dispose();
            throw;
        }

        await entry.Session!.Ready;
        _shards.ForgetOthers(assignment);
        return entry.Session.Checked;
    }

    // Below the coordinator's call, where that is traced.
    private static System.Diagnostics.Activity? RestoreSpan(Assignment assignment) => System.Diagnostics.Activity.Current is { } call
        ? Telemetry.Spans.Begin("restore rank", call.Context)?.SetTag("rank", assignment.Rank).SetTag("silo", assignment.Members[assignment.Rank].Name)
        : null;

    /// <inheritdoc/>
    public Task Grant(GenerationId generation, StepGrant grant)
    {
        _jobs.Session(generation).Grant(grant);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<WorkerStanding> Stand(GenerationId generation)
    {
        var calls = _calls.Of(generation);
        if (_jobs.Find(generation.JobId) is not { } entry || entry.Generation != generation)
        {
            return Task.FromResult(new WorkerStanding(0, false, [], 0, WorkerActivity.Joining, [], calls)); // it reads ahead, has not heard of the generation yet, or knows a newer one
        }

        var standing = _shards.Asked(generation) is (var shards, var seconds) && shards.Count > 0
            ? new WorkerStanding(0, false, [], seconds, WorkerActivity.ReadingData, shards)
            : entry.Session?.Stand() ?? new WorkerStanding(0, false, [], entry.Seconds, WorkerActivity.Joining, []);
        return Task.FromResult(standing with { Calls = calls });
    }

    /// <inheritdoc/>
    public Task<long> Halt(GenerationId generation) => _jobs.Session(generation).Halt();

    /// <inheritdoc/>
    public async Task<SavedWeights> HashWeights(GenerationId generation, long step)
    {
        using var call = _calls.Begin(generation);
        var session = _jobs.Session(generation);
        await session.Reach(step);
        return await Task.Run(session.HashWeights);
    }

    /// <inheritdoc/>
    public async Task LoadCheckpoint(GenerationId generation, RestoreSource checkpoint)
    {
        using var call = _calls.Begin(generation);
        var session = _jobs.Session(generation);
        await Task.Run(() => session.LoadCheckpoint(checkpoint));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<HeldOutClasses>> HeldOut(GenerationId generation)
    {
        using var call = _calls.Begin(generation);
        var session = _jobs.Session(generation);
        return await Task.Run(session.HeldOut);
    }

    /// <inheritdoc/>
    public async Task TakeOutput(GenerationId generation, string output, bool overwrite, string? continues)
    {
        using var call = _calls.Begin(generation);
        _ = _jobs.Current(generation);
        await Task.Run(() => new RunFolder(output, generation.JobId).Take(overwrite, continues));
    }

    /// <inheritdoc/>
    public Task GiveBackOutput(GenerationId generation, string output)
    {
        _ = _jobs.Current(generation); // refuses a coordinator that has been replaced
        return Task.Run(() =>
        {
            if (new RunFolder(output, generation.JobId).GiveBack())
            {
                EventFolder.Remove(output, generation.JobId);
            }
        });
    }

    /// <inheritdoc/>
    public Task<string?> RecordPoints(GenerationId generation, IReadOnlyList<MetricPoint> points)
    {
        var session = _jobs.Session(generation);
        return Task.Run(() => session.RecordPoints(points));
    }

    /// <inheritdoc/>
    public async Task<string?> Publish(GenerationId generation, Publication publication)
    {
        using var call = _calls.Begin(generation);
        var session = _jobs.Session(generation);
        return await Task.Run(() => OutputFolder.Try(() => session.Publish(publication)));
    }

    /// <inheritdoc/>
    public async Task<NonFiniteFinding> FindNonFinite(GenerationId generation)
    {
        using var call = _calls.Begin(generation);
        var session = _jobs.Session(generation);
        return await Task.Run(session.FindNonFinite);
    }

    /// <inheritdoc/>
    public Task InjectFault(Fault fault)
    {
        _condition.Inject(fault);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ClearFault(FaultKind kind)
    {
        _condition.Clear(kind);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task TellLateness(SiloAddress silo, TimeSpan lateness)
    {
        _condition.SetLateness(silo, lateness);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task Release(GenerationId generation)
    {
        if (_jobs.Find(generation.JobId) is not { } entry)
        {
            _shards.Forget(generation.JobId); // what was preloaded for a generation that never started
        }
        else if (entry.Generation.Number <= generation.Number)
        {
            _jobs.Remove(generation.JobId);
            await entry.End();
            await Task.Run(entry.Memory.Dispose);
            if (_jobs.Find(generation.JobId) is null)
            {
                _shards.Forget(generation.JobId); // else another generation uses them
            }

            _shards.Leave(entry);
        }
    }
}
