using System.Diagnostics;
using Granary.Contracts;
using Granary.Grains.Exchange;
using Granary.Grains.Liveness;
using Granary.Grains.Telemetry;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <summary>What the coordinator wants of a generation under way.</summary>
internal enum Directive { Train, Stop, Reform }

/// <summary>One generation's run of a job: its worker group, what its workers have reported, and what went wrong.</summary>
internal sealed partial class GenerationRun : IDisposable
{
    private readonly IClusterMembershipService _cluster;
    private readonly Patience _patience;
    private readonly CheckpointSection _checkpoints;

    // Any step may be the last one, so only one step at a time may be granted.
    private readonly bool _mayConverge;
    private readonly bool _keepsBest;
    private readonly CancellationTokenSource _ended = new();
    private readonly MemberStatus[] _members;
    private readonly SortedSet<long> _replicated = [];
    private readonly StallWatch _stalls;
    private readonly StepRoots _traces;
    private readonly Pace _pace = new();
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private JobProgress? _progress;
    private ExchangeLayout? _layout;
    private int _stateBytes;
    private WorkerTrouble? _trouble;
    private WorkerTrouble? _stall;
    private bool _evaluating;
    private readonly UnansweredQuestions[] _unanswered; // by member
    private long _began;
    private long _first;
    private long _granted;
    private double? _trained;
    private long _checkpointStep;

    /// <param name="group">The members.</param>
    /// <param name="job">The job.</param>
    /// <param name="secondsBefore">Seconds that the generations before have trained.</param>
    /// <param name="cluster">The cluster's membership.</param>
    /// <param name="patience">How long silent silos are waited for.</param>
    public GenerationRun(WorkerGroup group, Job job, double secondsBefore, IClusterMembershipService cluster, Patience patience)
    {
        (Group, SecondsBefore, _cluster, _patience) = (group, secondsBefore, cluster, patience);
        (_checkpoints, _keepsBest) = (job.Training.Checkpoint, job.Training.Keep == KeptModel.Best);
        _mayConverge = job.Training.Optimizer.Traits().SearchesAlongLines;
        var plan = new ShardPlan(job.Data.Shards, group.Count);
        _traces = new StepRoots(group.Generation, group.Count) { Begun = context => TraceBegun?.Invoke(context) };
        _members = [.. group.Infos.Select((info, i) => new MemberStatus(info.Name, info.Pid, plan.Of(i).First, plan.Of(i).End, 0, 0))];
        _stalls = new StallWatch(group.Count);
        _unanswered = [.. group.Infos.Select(_ => new UnansweredQuestions(TimeProvider.System))];
        _ = FollowMembership();
        _ = FollowTime();
    }

    public WorkerGroup Group { get; }

    public IReadOnlyList<MemberStatus> Members => _members;

    /// <summary>Seconds that the generations before have trained, and the run that the job goes on from.</summary>
    public double SecondsBefore { get; set; }

    /// <summary>Those and its own; they stand still where training has ended.</summary>
    public double Seconds => SecondsBefore + (_trained ?? Elapsed);

    private double Elapsed => _began == 0 ? 0 : Stopwatch.GetElapsedTime(_began).TotalSeconds;

    /// <summary>Lately; 0 in the first second.</summary>
    public double ExamplesPerSecond => _pace.ExamplesPerSecond;

    /// <summary>The checkpoint being written.</summary>
    public PendingCheckpoint? Pending { get; set; }

    /// <summary>Step of the last point that the first worker has been given for the TensorBoard file.</summary>
    public long RecordedUntil { get; set; }

    /// <summary>Whether it could not write it the last time.</summary>
    public bool RecordingFails { get; set; }

    /// <summary>Whether all steps of the job are committed, or as many as it takes or its evaluations allow.</summary>
    public bool IsDone => _progress is { IsDone: true };

    /// <summary>Since the last checkpoint was begun, over all generations.</summary>
    public required Stopwatch SinceCheckpoint { get; init; }

    /// <summary>Whether there is a durable checkpoint.</summary>
    public required Func<bool> HasCheckpoint { get; init; }

    /// <summary>Whether the checkpoint of a version is durable.</summary>
    public required Func<long, bool> IsDurable { get; init; }

    /// <summary>Called with what the watch over slow and stalled workers has found.</summary>
    public required Action<JobEventKind, string?, string> Noticed { get; init; }

    /// <summary>Called with the root of each step's trace.</summary>
    public Action<ActivityContext>? TraceBegun { get; init; }

    /// <summary>Something may have changed.</summary>
    public void Wake() => _news.TrySetResult();

    /// <summary>Takes a report in.</summary>
    public void Add(WorkerReport report)
    {
        if (_progress is null || _layout is null)
        {
            return;
        }

        foreach (var end in report.Traced ?? [])
        {
            _traces.Ended(end);
        }

        _progress.Add(report.Steps, report.Evaluations, Seconds);
        if (report.Taken > 0)
        {
            _members[report.Rank] = _members[report.Rank] with
            {
                ComputeSeconds = report.Seconds.Computing / report.Taken,
                ExchangeSeconds = report.Seconds.AfterGradients / report.Taken,
            };
        }

        _pace.Add(Elapsed, _progress.Live.Examples);

        _progress.Settle(ReplicationPolicy.Settled(_progress.Committed, _stateBytes > 0 && !_layout.Replicated && Group.Count > 1 ? _replicated : null));
        Wake();
    }

    /// <summary>Takes a worker's trouble in. A cause within the job takes precedence over the broken connections it leaves behind.</summary>
    public void Add(WorkerTrouble trouble)
    {
        if (_trouble is null || _trouble.Kind == TroubleKind.LostPeer)
        {
            _trouble = trouble;
        }

        Wake();
    }

    /// <summary>Grants steps until all are committed, or the caller directs otherwise; then every worker has committed the same step.</summary>
    /// <param name="progress">What is known of the steps before, and to be added to.</param>
    /// <param name="layout">Who owns what.</param>
    /// <param name="stateBytes">Bytes of optimiser state per weight.</param>
    /// <param name="from">The generation's first step.</param>
    /// <param name="acknowledged">Records of steps before it are in storage.</param>
    /// <param name="directive">What is wanted.</param>
    /// <param name="save">Puts what is settled into storage.</param>
    public async Task Train(
        JobProgress progress, ExchangeLayout layout, int stateBytes, long from, Func<long> acknowledged, Func<Directive> directive, Func<Task> save)
    {
        (_progress, _layout, _stateBytes) = (progress, layout, stateBytes);
        (_first, _granted) = (from, from);
        _began = Stopwatch.GetTimestamp();
        _pace.Add(0, _progress.Live.Examples);
        _checkpointStep = from;
        while (!IsDone && !(directive() != Directive.Train && _progress.Committed >= _granted))
        {
            await KeepBest(acknowledged, directive);
            var taken = _progress.Committed - from;
            var until = GrantRule.Until(_progress.Committed, _progress.Steps, Stopwatch.GetElapsedTime(_began).TotalSeconds, taken);
            until = Math.Min(until, _mayConverge ? _progress.Committed + 1 : _progress.Horizon);
            if (until > _granted && directive() == Directive.Train
                && (_progress.Committed >= _granted || until - _granted > (_granted - _progress.Committed) / 4))
            {
                await Grant(until, acknowledged());
            }

            await News();
            await save();
        }

        _trained = Elapsed; // what follows is not training time: checkpoints, evaluations, the model's files
    }

    private async Task Grant(long until, long acknowledged)
    {
        var (progress, layout) = (_progress!, _layout!);
        var taken = progress.Committed - _first;
        var replicateEvery = ReplicationPolicy.Every(layout, _stateBytes, taken > 0 ? Stopwatch.GetElapsedTime(_began).TotalSeconds / taken : 0);
        var due = Pending is null && CheckpointRule.IsDue(
            _checkpoints, HasCheckpoint(), _granted - _checkpointStep, SinceCheckpoint.Elapsed.TotalSeconds);
        var grant = new StepGrant(_granted, until, replicateEvery, due ? _granted : null, acknowledged, Traced: _traces.Begin(_granted, until));
        if (due)
        {
            Pending = new PendingCheckpoint(_granted, Group.Count);
            progress.Mark(_granted);
            _checkpointStep = _granted;
            SinceCheckpoint.Restart();
        }

        for (var step = _granted; replicateEvery > 0 && step < until; step++)
        {
            if (grant.Replicates(step, _first))
            {
                _replicated.Add(step);
            }
        }

        _replicated.RemoveWhere(k => k < progress.Settled.Committed);
        _granted = until;
        var began = DateTimeOffset.UtcNow;
        await Unless(Group.Grant(grant));
        _traces.Granted(grant, began);
    }

    /// <summary>Waits a little for the records of the steps before one: they may arrive after the report of what stopped it.</summary>
    public async Task Hear(long step)
    {
        for (var since = Stopwatch.StartNew(); _progress?.Committed < step && since.Elapsed < VerdictTime;)
        {
            await Task.Delay(10);
        }
    }

    private async Task News()
    {
        await _news.Task;
        _news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Check();
    }

    /// <summary>Awaits a task of the whole worker group, unless a member dies first.</summary>
    public async Task<T> Unless<T>(Task<T> task)
    {
        await Unless((Task)task);
        return await task;
    }

    /// <summary>Awaits a task of the whole worker group, unless a member dies first.</summary>
    public async Task Unless(Task task)
    {
        var heard = false;
        while (!task.IsCompleted)
        {
            await Task.WhenAny(task, _news.Task);
            if (!task.IsCompleted)
            {
                heard = true;
                _ = task.ContinueWith(t => t.Exception, TaskScheduler.Default);
                try
                {
                    await News();
                }
                catch (LostMemberException e) when (!e.IsGone && task.Exception?.InnerException is not (null or LostPeerException or OrleansException or TimeoutException))
                {
                    break; // its own cause says more than a connection that broke; one without a silo's name says less
                }

                if (Gone().FirstOrDefault() is { } gone)
                {
                    throw new LostMemberException(gone, $"silo {gone} is gone");
                }
            }
        }

        if (heard)
        {
            Wake(); // the next waiter has not seen these
        }

        try
        {
            await task;
        }
        catch (Exception e) when (e is CutOffException or LostMemberException { IsGone: false })
        {
            await MustLive();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended.Cancel();
        _ended.Dispose();
        Group.Abandon();
        _traces.Dispose();
    }
}
