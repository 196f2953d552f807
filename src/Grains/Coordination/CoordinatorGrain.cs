using Granary.Contracts;
using Granary.Grains.Checkpoints;
using Granary.Grains.Exchange;
using Granary.Grains.Workers;
using Granary.Jobs;
using Granary.Model.Training;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Storage;

namespace Granary.Grains.Coordination;

/// <summary>See <see cref="ICoordinatorGrain"/>. One attempt after the other: each is a generation with a crew of its own.</summary>
[KeepAlive, Immovable]
internal sealed partial class CoordinatorGrain(
    [PersistentState("coordinator")] IPersistentState<CoordinatorState> kept,
    IClusterMembershipService cluster,
    IWorkerClient workers,
    SiloIdentity silo,
    ILogger<CoordinatorGrain> logger) : Grain, ICoordinatorGrain, IRemindable
{
    private const string KeepGoing = "keep going";
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _saving = new(1);
    private readonly RetryRule _retries = new();
    private readonly HashSet<string> _leaving = [];
    private readonly System.Diagnostics.Stopwatch _saved = System.Diagnostics.Stopwatch.StartNew();
    private TaskCompletionSource _formed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private JobProgress? _progress;
    private Attempt? _attempt;
    private Crew? _crew;
    private Arrivals? _arrivals;
    private string _activity = "";
    private long _acknowledged;
    private bool _ended;

    private string JobId => this.GetPrimaryKeyString();

    private CoordinatorState State => kept.State;

    private Job Job => State.Submission!.Job;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _acknowledged = State.Progress?.Committed ?? 0;
        if (State is { Submission: not null, State: JobState.Running })
        {
            // The activation before this one was lost with its silo: its generation must not go on without a head.
            if (!State.Parked)
            {
                State.Recoveries++;
                State.Note(JobEventKind.SiloLost, null, "the silo of the job's coordinator was lost; another took the job over");
            }

            _ = Run();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _ended = true;
        _attempt?.Wake();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task Accept(Submission submission)
    {
        if (State.Submission is null)
        {
            State.Submission = submission;
            State.State = JobState.Queued;
            State.Submitted = DateTimeOffset.UtcNow;
            await Save();
        }
    }

    /// <inheritdoc/>
    public async Task Start()
    {
        if (State.State != JobState.Queued || State.Submission is null)
        {
            return;
        }

        State.State = JobState.Running;
        State.Note(JobEventKind.Started, null, State.Progress is null ? "started" : "went on");
        await Save();
        await this.RegisterOrUpdateReminder(KeepGoing, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        _ = Run();
    }

    /// <inheritdoc/>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        // Being called is enough: an activation that finds its job running goes on with it.
        if (State.State is not (JobState.Running or JobState.Queued) && await this.GetReminder(reminderName) is { } reminder)
        {
            await GrainFactory.GetGrain<ICatalogueGrain>(0).Released(JobId); // it may have been lost the first time
            await this.UnregisterReminder(reminder);
        }
    }

    /// <inheritdoc/>
    public Task<JobStatus?> Status(int pointsKnown)
    {
        if (State.Submission is not { } submission)
        {
            return Task.FromResult<JobStatus?>(null);
        }

        var batches = State.Facts is { } facts ? Batches(facts) : null;
        var live = _progress?.Live ?? State.Progress ?? ProgressState.Empty(0);
        return Task.FromResult<JobStatus?>(new JobStatus
        {
            JobId = JobId,
            Name = Job.Name,
            State = State.State,
            Activity = _activity,
            Step = live.Committed,
            Steps = batches?.Steps ?? 0,
            StepsPerEpoch = batches?.StepsPerEpoch ?? 0,
            Epochs = Job.Training.Epochs,
            Generation = State.Generation,
            Recoveries = State.Recoveries,
            Members = _attempt?.Members ?? State.Members,
            Examples = live.Examples,
            ExamplesPerSecond = _attempt?.ExamplesPerSecond ?? (State.Seconds > 0 ? live.Examples / State.Seconds : 0),
            Seconds = _attempt?.Seconds ?? State.Seconds,
            Points = [.. live.Points.Skip(pointsKnown)],
            Failure = State.Failure,
            Result = State.Result,
            Submitted = State.Submitted,
            Shards = Job.Data.Shards,
            Priority = submission.Priority,
            Idle = State.State == JobState.Running ? _crew?.Idle ?? [] : [],
            Durable = State.Checkpoints.Count > 0 ? State.Checkpoints[^1].Step : null,
        });
    }

    /// <inheritdoc/>
    public async Task Cancel()
    {
        if (State.State is JobState.Queued or JobState.Paused)
        {
            await End(JobState.Cancelled, null);
        }
        else if (State.State == JobState.Running)
        {
            State.CancelAsked = true;
            await Save();
            _attempt?.Wake();
        }
    }

    /// <inheritdoc/>
    public async Task Pause()
    {
        if (State.State == JobState.Queued)
        {
            State.State = JobState.Paused;
            State.Note(JobEventKind.Paused, null, "paused while it was queued");
            await Save();
        }
        else if (State.State == JobState.Running)
        {
            State.PauseAsked = true;
            await Save();
            _attempt?.Wake();
        }
    }

    /// <inheritdoc/>
    public async Task<bool> Resume()
    {
        if (State.State == JobState.Running && State.PauseAsked)
        {
            State.PauseAsked = false; // it had not come to rest yet
            await Save();
            return false;
        }

        if (State.State != JobState.Paused)
        {
            return false;
        }

        State.State = JobState.Queued;
        await Save();
        return true;
    }

    /// <inheritdoc/>
    public async Task Leave(string leaving)
    {
        _leaving.Add(leaving);
        _attempt?.Wake();
        while (!_ended && State.State == JobState.Running && !State.Parked && _crew?.Infos.Any(i => i.Name == leaving) == true)
        {
            await _formed.Task;
        }
    }

    /// <inheritdoc/>
    public Task<LedgerReport?> Ledger()
    {
        var live = _progress?.Live ?? State.Progress;
        return Task.FromResult(State.Submission is null ? null : new LedgerReport(
            Job, State.Facts, live?.Committed ?? 0, [.. live?.Ledger ?? []], State.Recoveries));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<JobEvent>> Events() => Task.FromResult<IReadOnlyList<JobEvent>>([.. State.Events]);

    /// <inheritdoc/>
    public async Task<long> Report(WorkerReport report)
    {
        Refuse(report.Membership);
        _attempt?.Add(report);
        await CompleteCheckpoint();
        return _progress?.Committed ?? 0;
    }

    /// <inheritdoc/>
    public Task Trouble(WorkerTrouble trouble)
    {
        Refuse(trouble.Membership);
        LogTrouble(logger, JobId, trouble.Step, trouble.Index, trouble.Message);
        _attempt?.Add(trouble);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task CheckpointWritten(Membership membership, long step, CheckpointPart? part, string? failure)
    {
        Refuse(membership);
        if (_attempt?.Pending is { } pending && pending.Step == step)
        {
            pending.Add(part, failure);
            await CompleteCheckpoint();
        }
    }

    private void Refuse(Membership membership)
    {
        if (membership.Generation != State.Generation)
        {
            throw new StaleGenerationException(
                $"Job {JobId} is in generation {State.Generation}; a call of generation {membership.Generation} is refused.");
        }
    }

    private async Task CompleteCheckpoint()
    {
        if (_attempt is not { Pending: { IsComplete: true } pending } attempt)
        {
            return;
        }

        if (pending.Failure is { } failure)
        {
            attempt.Pending = null;
            State.Note(JobEventKind.CheckpointFailed, null, $"the checkpoint of step {pending.Step} could not be written: {failure}");
            LogCheckpointFailed(logger, JobId, pending.Step, failure);
        }
        else if (_progress?.Marked is { } marked && marked.Committed == pending.Step)
        {
            attempt.Pending = null;
            var folder = CheckpointFolder.Of(silo.Checkpoints, JobId, pending.Step, State.Generation);
            var loss = Batches(State.Facts!).EndsEpoch(pending.Step - 1) ? marked.Evaluation?.Loss : null;
            State.Checkpoints = CheckpointRule.Stay(
                Job.Training.Checkpoint, State.Checkpoints.Append(new DurableCheckpoint(pending.Step, folder, pending.Parts, marked, loss)));
            await Save(); // durable from here on; a coordinator that has been replaced fails here
            CleanCheckpoints();
        }

        attempt.Wake();
    }

    private void CleanCheckpoints()
    {
        string[] keep = [.. State.Checkpoints.Select(c => c.Folder)];
        _ = Task.Run(() => CheckpointFolder.Clean(silo.Checkpoints, JobId, keep));
    }

    // Until the job ends one way or another: attempts, each a generation of its own.
    private async Task Run()
    {
        while (State.State == JobState.Running && !_ended)
        {
            try
            {
                await Attempt();
            }
            catch (InconsistentStateException)
            {
                LogReplaced(logger, JobId, State.Generation);
                _ended = true;
                DeactivateOnIdle();
                return;
            }
            catch (Exception e)
            {
                await Recover(e);
            }
        }

        if (!_ended && State.State != JobState.Running)
        {
            await GrainFactory.GetGrain<ICatalogueGrain>(0).Released(JobId);
        }
    }

    // What another generation may get over, the job's own causes, and the rest.
    private async Task Recover(Exception e)
    {
        var fate = _retries.Decide(e, _progress?.Committed ?? 0);
        if (fate.Failure is { } failure)
        {
            LogFailed(logger, e, JobId);
            await EndHere(JobState.Failed, failure);
            return;
        }

        if (_ended)
        {
            return;
        }

        LogRecovering(logger, JobId, State.Generation, e.Message);
        _activity = "recovering: " + e.Message;
        State.Recoveries++;
        State.Note(e is LostMemberException ? JobEventKind.SiloLost : JobEventKind.Trouble, (e as LostMemberException)?.Silo, e.Message);
        if (e is DamagedCheckpointException && State.Checkpoints.Count > 0)
        {
            State.Note(JobEventKind.CheckpointDamaged, null, $"the checkpoint of step {State.Checkpoints[^1].Step} was put aside: {e.Message}");
            State.Checkpoints = [.. State.Checkpoints.SkipLast(1)];
        }

        await Task.Delay(fate.Pause);
    }

    private async Task Attempt()
    {
        _activity = "gathering silos";
        var crew = await Muster(State.Generation + 1);
        if (crew is null)
        {
            _activity = "waiting for silos";
            await Task.Delay(200);
            return;
        }

        State.Generation++;
        State.Parked = false;
        await Save(); // whoever has been replaced stops here, before it has told anybody anything
        var before = _crew;
        _crew = crew;
        using var attempt = new Attempt(crew, Job, State.Seconds, cluster) { Noticed = Noticed };
        _attempt = attempt;
        try
        {
            await Form(crew, attempt, before);
        }
        catch (NonFiniteJobException e)
        {
            await Publish(attempt, JobState.Failed, await e.Explain(attempt, Job.Data.Shards));
        }
        finally
        {
            _arrivals = null;
            _attempt = null;
            Remember(attempt);
        }

        if (State.State != JobState.Running)
        {
            await crew.Release();
            _formed.TrySetResult();
        }
    }

    private Task<Crew?> Muster(long generation) => Crew.Muster(
        new Membership(JobId, generation),
        cluster.CurrentSnapshot.Members.Values.Where(m => m.Status == SiloStatus.Active && !_leaving.Contains(m.Name)),
        Job.Data.Shards,
        _retries.Avoid,
        workers);

    private async Task Form(Crew crew, Attempt attempt, Crew? before)
    {
        var holdings = await attempt.Unless(crew.Enter(_progress?.Committed ?? State.Progress?.Committed ?? 0));
        _activity = State.Facts is null ? "reading data" : "forming";
        var facts = State.Facts ??= await attempt.Unless(Gather(crew));
        var shape = ModelShape.Of(Job.Model, facts.Shape);
        var layout = new ExchangeLayout(new BlockPlan(ModelShape.Weights(shape)), new ShardPlan(Job.Data.Shards, crew.Count));
        var state = OptimizerCatalogue.Create(Job.Training.Optimizer).StatePerWeight;
        var origin = Origin(RestorePlan.Make([.. holdings.Select(h => h.Versions)], layout, state > 0), holdings, facts);
        State.Progress = _progress!.Settled;
        _ = before?.ReleaseBut(crew);
        await attempt.Unless(crew.Prepare(Job, facts, origin));
        await Save();
        State.Note(
            JobEventKind.Formed,
            null,
            $"generation {State.Generation}: {string.Join(", ", crew.Infos.Select(i => i.Name))} from step {origin.Step} on"
            + (origin.Checkpoint.Count > 0 ? ", from its checkpoint" : ""));
        _leaving.IntersectWith(cluster.CurrentSnapshot.Members.Values.Select(m => m.Name));
        _formed.TrySetResult();
        _formed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _arrivals = new Arrivals(crew, attempt.Wake, () => Muster(State.Generation), Job, facts);
        _activity = "training";
        var bytes = state * (Job.Model.Precision == Precision.Float64 ? sizeof(double) : sizeof(float));
        await attempt.Train(_progress, layout, bytes, origin.Step, () => _acknowledged, Wish, SaveNowAndThen);
        await Finish(attempt);
    }

    private Wish Wish() =>
        State.CancelAsked || State.PauseAsked || _ended ? Coordination.Wish.Stop
        : _crew!.Infos.Any(i => _leaving.Contains(i.Name)) || _arrivals!.AreReady(cluster.CurrentSnapshot, _leaving) ? Coordination.Wish.Reform
        : Coordination.Wish.Train;

    // Every member stands at one step, the last one or another.
    private async Task Finish(Attempt attempt)
    {
        if (attempt.IsDone || State.CancelAsked)
        {
            await Publish(attempt, attempt.IsDone ? JobState.Completed : JobState.Cancelled, null);
        }
        else if (State.PauseAsked)
        {
            await Park(attempt);
            State.PauseAsked = false;
            State.State = JobState.Paused;
            State.Note(JobEventKind.Paused, null, $"paused after step {_progress!.Committed}");
            _activity = "";
            await Save();
        }
        else if (!_ended && await Muster(State.Generation) is null)
        {
            // Everybody has been told to stop: whoever comes next goes on from here.
            await Park(attempt);
            _ended = true;
            _formed.TrySetResult();
            DeactivateOnIdle();
        }
        else
        {
            State.Note(JobEventKind.Resized, null, $"the set of silos changes after step {_progress!.Committed}");
        }
    }

    private async Task Park(Attempt attempt)
    {
        _activity = "writing a checkpoint";
        await attempt.Checkpoint(_acknowledged);
        if (State.Checkpoints.LastOrDefault()?.Step == _progress!.Committed)
        {
            State.Parked = true;
            Remember(attempt);
            _progress.Settle(_progress.Committed);
            await Save();
        }
    }

    // From memory where the members together hold a version, else from disk, else from the start: the bits are the same.
    private Origin Origin(Origin? memory, Holdings[] holdings, DataFacts facts)
    {
        var batches = Batches(facts);
        _progress ??= new JobProgress(batches, facts.ValidationRows, State.Progress ?? ProgressState.Empty(batches.Shards));
        foreach (var held in holdings)
        {
            _progress.Add(held.Steps, held.Evaluations, State.Seconds);
        }

        var durable = State.Checkpoints.LastOrDefault();
        if (memory is not null && memory.Step >= _progress.Settled.Committed && memory.Step >= (durable?.Step ?? 0)
            && (memory.Step <= _progress.Committed || (memory.Step == _progress.Committed + 1 && batches.EndsEpoch(_progress.Committed))))
        {
            _progress.Rewind(memory.Step);
            return memory;
        }

        var points = _progress.Live.Points.Where(p => p.Step <= (durable?.Step ?? 0));
        var known = durable?.Progress.Copy() ?? ProgressState.Empty(batches.Shards);
        if (_progress.Committed > known.Committed)
        {
            State.Note(
                JobEventKind.Trouble,
                null,
                $"nobody held a whole version any more: back from step {_progress.Committed} to "
                + (durable is null ? "the start" : $"the checkpoint of step {durable.Step}"));
        }

        known.Points = [.. points];
        _progress = new JobProgress(batches, facts.ValidationRows, known);
        return durable is null ? Contracts.Origin.Fresh : new Origin(durable.Step, [], durable.Parts);
    }

    private BatchPlan Batches(DataFacts facts) => new(facts.TrainingRows, Job.Training.Batch, Job.Training.Epochs);

    private async Task<DataFacts> Gather(Crew crew)
    {
        var facts = DataPlan.Merge(Job, await crew.Survey(Job));
        return StatisticsPlan.IsNeeded(Job) ? StatisticsPlan.Complete(Job, facts, await crew.Statistics(Job, facts)) : facts;
    }

    private async Task Publish(Attempt attempt, JobState state, string? failure)
    {
        _activity = "writing the model";
        var weights = await attempt.Crew.Weigh();
        if (state == JobState.Completed && weights.FirstOrDefault(w => w.Sha256 != weights[0].Sha256) is { } other)
        {
            throw new JobException(
                $"The members hold different weights after step {other.Step} ({weights[0].Sha256[..12]}, {other.Sha256[..12]}): this must never "
                + "happen, so the model was not written. Please report it with the job file.");
        }

        Remember(attempt);
        State.Failure = failure;
        var live = _progress!.Live;
        var output = State.Submission!.Output ?? Path.Combine(silo.Outputs, JobId);
        State.Result = new JobResult(
            Kebab.Name(Job.Model.Kind),
            weights[0].Parameters,
            live.EpochLoss,
            live.Evaluation?.Examples ?? 0,
            live.Evaluation?.Loss,
            live.Evaluation?.Accuracy,
            weights[0].Sha256,
            output);
        await attempt.Crew.Publish(output, JobPapers.Of(JobId, Job, state, State.Result, State, live));
        _progress.Settle(_progress.Committed);
        await End(state, failure);
    }

    private void Remember(Attempt attempt)
    {
        State.Seconds = attempt.Seconds;
        State.Members = [.. attempt.Members];
    }

    private void Noticed(JobEventKind kind, string? name, string message)
    {
        LogNoticed(logger, JobId, message);
        State.Note(kind, name, message);
    }

    private async Task EndHere(JobState state, string? failure)
    {
        await End(state, failure);
        if (_crew is { } crew)
        {
            await crew.Release();
        }

        _formed.TrySetResult();
    }

    private async Task End(JobState state, string? failure)
    {
        State.State = state;
        State.Failure = failure;
        State.Progress = _progress?.Settled ?? State.Progress;
        State.Note(JobEventKind.Ended, null, failure ?? state.ToString().ToLowerInvariant());
        _activity = "";
        if (state is JobState.Completed or JobState.Cancelled)
        {
            State.Checkpoints = [];
        }

        await Save();
        CleanCheckpoints();
    }

    private async Task SaveNowAndThen()
    {
        if (_saved.Elapsed > SaveEvery && _progress!.Settled.Committed > _acknowledged)
        {
            State.Seconds = _attempt?.Seconds ?? State.Seconds;
            await Save();
        }
    }

    // One at a time: two writes side by side would look like two activations to the storage.
    private async Task Save()
    {
        await _saving.WaitAsync();
        try
        {
            var settled = State.Progress?.Committed ?? 0;
            await kept.WriteStateAsync();
            _acknowledged = settled;
            _saved.Restart();
        }
        finally
        {
            _saving.Release();
        }
    }

    [LoggerMessage(LogLevel.Warning, "Job {Job}, step {Step}: member {Member} cannot go on: {Cause}")]
    private static partial void LogTrouble(ILogger logger, string job, long step, int member, string cause);

    [LoggerMessage(LogLevel.Warning, "Job {Job}: generation {Generation} ended ({Cause}); forming the next")]
    private static partial void LogRecovering(ILogger logger, string job, long generation, string cause);

    [LoggerMessage(LogLevel.Warning, "Job {Job}: another activation has taken over from generation {Generation}; this one stops")]
    private static partial void LogReplaced(ILogger logger, string job, long generation);

    [LoggerMessage(LogLevel.Warning, "Job {Job}: the checkpoint of step {Step} could not be written: {Reason}")]
    private static partial void LogCheckpointFailed(ILogger logger, string job, long step, string reason);

    [LoggerMessage(LogLevel.Warning, "Job {Job}: {Message}")]
    private static partial void LogNoticed(ILogger logger, string job, string message);

    [LoggerMessage(LogLevel.Error, "Job {Job} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string job);
}
