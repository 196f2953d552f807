using Granary.Contracts;
using Granary.Grains.Checkpoints;
using Granary.Grains.Goodput;
using Granary.Grains.Liveness;
using Granary.Grains.Workers;
using Granary.Jobs;
using Microsoft.Extensions.Logging;
using Orleans.Placement;

namespace Granary.Grains.Coordination;

/// <summary>See <see cref="ICoordinatorGrain"/>. It runs one generation after the other, each with a worker group of its own.</summary>
[KeepAlive, Immovable]
internal sealed partial class CoordinatorGrain(
    [PersistentState("coordinator")] IPersistentState<CoordinatorState> kept,
    IClusterMembershipService cluster,
    IWorkerClient workers,
    SiloIdentity silo,
    ICheckpointStore checkpoints,
    Patience patience,
    ILogger<CoordinatorGrain> logger) : Grain, ICoordinatorGrain, IRemindable, IIncomingGrainCallFilter
{
    private const string KeepGoing = "keep going";
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SaveTimeEvery = TimeSpan.FromSeconds(10);

    private readonly RetryRule _retries = new(TimeProvider.System);
    private readonly HashSet<SiloAddress> _leaving = []; // not names: a successor silo may have the same name
    private readonly Dictionary<SiloAddress, string> _wrong = []; // silos that failed the gradient check, with their names; a silo that restarts is checked again
    private readonly HashSet<string> _strangers = [];
    private readonly CancellationTokenSource _deactivated = new();
    private readonly System.Diagnostics.Stopwatch _sinceCheckpoint = System.Diagnostics.Stopwatch.StartNew();
    private readonly SteadyClock _clock = new(TimeProvider.System);
    private readonly StatusChanges _changes = new(TimeProvider.System, DateTimeOffset.UtcNow.Ticks);
    private TaskCompletionSource _formed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private JobProgress? _progress;
    private GenerationRun? _run;
    private WorkerGroup? _group;
    private Arrivals? _arrivals;
    private IReadOnlyList<string> _idle = [];
    private IReadOnlyList<string> _noLonger = []; // members of the generation before
    private string _activity = "";
    private StateKeeper<CoordinatorState> _keeper = null!;
    private DateTimeOffset? _resumed;
    private bool _ended;
    private bool _lost; // the previous activation was lost with its silo, and the job has not been taken over yet
    private Task _life = Task.CompletedTask;
    private long? _loadingStep;

    private string JobId => this.GetPrimaryKeyString();

    private CoordinatorState State => kept.State;

    private Job Job => State.Submission!.Job;

    private string Activity
    {
        get => _activity;
        set
        {
            _activity = value;
            _changes.News();
        }
    }

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        State.Checkpoints = [.. State.Checkpoints.Select(c => EarlierCheckpoints.Named(c, JobId))];
        _keeper = new StateKeeper<CoordinatorState>(
            kept, silo.ClusterStore, AddSeconds, s => s.Progress?.Committed ?? 0,
            why => Note(JobEventKind.StorageFailed, silo.Name, why),
            away => Note(JobEventKind.StorageBack, silo.Name, FormattableString.Invariant($"the state is stored in {silo.ClusterStore} again, after {away.TotalSeconds:0.0} s")));
        if (State is { Submission: not null, State: JobState.Running })
        {
            _lost = true;
            NoteStorageBack();
        }
        else if (State is { Submission: not null, State: JobState.Queued })
        {
            WakeCatalogue().Ignore(); // the activation before this one may have been started, and lost before its first generation was stored
        }
        else if (State.Submission is not null && State.Generation > 0)
        {
            _ = ReleaseAll(); // the activation before this one may have been lost between the job's end and that
        }

        return Task.CompletedTask;
    }

    private Task ReleaseAll() => Task.WhenAll(cluster.CurrentSnapshot.Members.Values.Where(m => m.Status == SiloStatus.Active)
        .Select(m => WorkerGroup.Release(workers.At(m.SiloAddress), new GenerationId(JobId, State.Generation))));

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _ended = true;
        Measure(isRunning: false); // not here any more
        EndForming("the coordinator has ended");
        _deactivated.Cancel();
        _run?.Wake();
        Formed();
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
            Spend(TimePart.Queued, "submit");
        }

        await SaveAsked();
        if (State.State == JobState.Queued)
        {
            State.Phases.Enter(PhaseOf(TimePart.Queued), _clock.Now);
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
        Spend(TimePart.Starting);
        BeginForming(State.Generation == 0 ? "start" : "resume", _clock.Now);
        State.Earlier = State.Done(_progress?.Live ?? State.Progress);
        Note(JobEventKind.Started, null, State.Progress is null ? "started" : "went on");
        Live(); // its first generation stores this; if it fails before that, the job is still queued
        await this.RegisterOrUpdateReminder(KeepGoing, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
    }

    /// <inheritdoc/>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        // The call itself is enough: an activation that finds its job running continues it.
        if (State.State != JobState.Running)
        {
            WakeCatalogue().Ignore(); // the first call may have been lost; not awaited, because the catalogue calls this grain
        }

        if (State.State is not (JobState.Running or JobState.Queued) && await this.GetReminder(reminderName) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }
    }

    /// <inheritdoc/>
    public async Task Cancel()
    {
        if (State.State is JobState.Queued or JobState.Paused)
        {
            Conclude(JobState.Cancelled, null);
        }
        else if (State.State == JobState.Running)
        {
            State.CancelAsked = true;
            _run?.Wake();
        }

        await SaveAsked();
        if (State.State == JobState.Cancelled)
        {
            CleanCheckpoints();
        }
    }

    /// <inheritdoc/>
    public async Task Pause()
    {
        if (State.State == JobState.Queued)
        {
            State.State = JobState.Paused;
            Note(JobEventKind.Paused, null, "paused while it was queued");
            Spend(TimePart.Idle);
        }
        else if (State.State == JobState.Running)
        {
            State.PauseAsked = true;
            _run?.Wake();
        }

        await SaveAsked();
    }

    /// <inheritdoc/>
    public async Task<bool> Resume()
    {
        State.PauseAsked = false; // it may not have come to rest yet
        if (State.State == JobState.Paused)
        {
            State.State = JobState.Queued;
            Spend(TimePart.Queued);
        }

        await SaveAsked();
        return State is { Submission: not null, State: JobState.Queued or JobState.Running };
    }

    /// <inheritdoc/>
    public async Task Leave(string leaving)
    {
        SiloAddress[] leavers = [.. cluster.CurrentSnapshot.Members.Values.Where(m => m.Name == leaving && m.Status != SiloStatus.Dead).Select(m => m.SiloAddress)];
        _leaving.UnionWith(leavers);
        _run?.Wake();
        while (!_ended && State.State == JobState.Running && !State.Parked && _group?.Silos.Any(leavers.Contains) == true)
        {
            await _formed.Task;
        }
    }

    // Each wait is for the next change; a completed signal would make the waiters spin.
    private void Formed()
    {
        var before = _formed;
        _formed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        before.TrySetResult();
    }

    /// <inheritdoc/>
    public async Task<long> Report(WorkerReport report)
    {
        Refuse(report.Generation);
        _run?.Add(report);
        State.Time.Add(report.Seconds);
        State.Time.Progressed(_progress?.Committed ?? 0, _clock.Now);
        _changes.Progress();
        if (_resumed is null && _progress?.Committed > State.Reached)
        {
            _resumed = DateTimeOffset.UtcNow;
            EndForming(null);
            if (State.Generation > 1)
            {
                Note(JobEventKind.Resumed, null, $"step {_progress.Committed - 1} is a new one");
                await TrySave(); // the event must survive the next loss
            }
        }

        await CompleteCheckpoint();
        return _progress?.Committed ?? 0;
    }

    /// <inheritdoc/>
    public Task Trouble(WorkerTrouble trouble)
    {
        Refuse(trouble.Generation);
        LogTrouble(logger, JobId, trouble.Generation.Number, trouble.Step, trouble.Rank, trouble.Message);
        _run?.Add(trouble);
        return Task.CompletedTask;
    }

    private void Refuse(GenerationId generation)
    {
        if (generation.Number != State.Generation)
        {
            throw new StaleGenerationException(
                $"Job {JobId} is in generation {State.Generation}; a call of generation {generation.Number} is refused.");
        }

        TakeOver();
    }

    private async Task WakeCatalogue()
    {
        try
        {
            await Catalogue.Wake();
        }
#pragma warning disable CA1031 // a catalogue of an earlier build has no such call, and says so in a way of its own
        catch (Exception)
#pragma warning restore CA1031
        {
            await Catalogue.Awake();
        }
    }

    private ICatalogueGrain Catalogue => GrainFactory.GetGrain<ICatalogueGrain>(0);
}
