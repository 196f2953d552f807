using System.Diagnostics;
using Granary.Contracts;
using Granary.Jobs;
using Orleans.Runtime;

namespace Granary.Grains.Coordination;

/// <summary>One generation's run of a job: its crew, what they have reported, and what went wrong.</summary>
internal sealed class Attempt : IDisposable
{
    // A member whose connection broke may be dead, or its peer may be: membership says which, within this time.
    private static readonly TimeSpan VerdictTime = TimeSpan.FromSeconds(15);

    private readonly IClusterMembershipService _cluster;
    private readonly Job _job;
    private readonly CancellationTokenSource _ended = new();
    private readonly MemberStatus[] _members;
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WorkerTrouble? _trouble;
    private long _began;
    private long _granted;
    private (long At, long Examples) _mark;

    public Attempt(Crew crew, Job job, IClusterMembershipService cluster)
    {
        (Crew, _job, _cluster) = (crew, job, cluster);
        var plan = new ShardPlan(job.Data.Shards, crew.Count);
        _members = [.. crew.Infos.Select((info, i) => new MemberStatus(info.Name, info.Pid, plan.Of(i).First, plan.Of(i).End, 0, 0))];
        _ = FollowMembership();
    }

    public Crew Crew { get; }

    public JobProgress? Progress { get; private set; }

    public IReadOnlyList<MemberStatus> Members => _members;

    public double Seconds => _began == 0 ? 0 : Stopwatch.GetElapsedTime(_began).TotalSeconds;

    public double ExamplesPerSecond { get; private set; }

    public bool IsDone => Progress is not null && Progress.Committed == Steps;

    private long Steps { get; set; }

    /// <summary>Something may have changed.</summary>
    public void Wake() => _news.TrySetResult();

    /// <summary>Takes a report in; returns the metric points it completes.</summary>
    public IReadOnlyList<MetricPoint> Add(WorkerReport report)
    {
        var points = Progress?.Add(report, Seconds) ?? [];
        var steps = Math.Max(1, report.Steps.Count);
        _members[report.Index] = _members[report.Index] with
        {
            ComputeSeconds = report.ComputeSeconds / steps,
            ExchangeSeconds = report.ExchangeSeconds / steps,
        };
        if (Progress is not null && Stopwatch.GetElapsedTime(_mark.At) is { TotalSeconds: > 1 } since)
        {
            ExamplesPerSecond = (Progress.Examples - _mark.Examples) / since.TotalSeconds;
            _mark = (Stopwatch.GetTimestamp(), Progress.Examples);
        }

        Wake();
        return points;
    }

    /// <summary>Takes a member's trouble in. A cause of the job's own is worth more than the broken connections it leaves.</summary>
    public void Add(WorkerTrouble trouble)
    {
        if (_trouble is null || _trouble.Kind == TroubleKind.LostPeer)
        {
            _trouble = trouble;
        }

        Wake();
    }

    /// <summary>Grants steps until all are committed or the caller wants no more; then every member stands at one step.</summary>
    public async Task Train(DataFacts facts, Func<bool> stop)
    {
        var batches = new BatchPlan(facts.TrainingRows, _job.Training.Batch, _job.Training.Epochs);
        Steps = batches.Steps;
        Progress = new JobProgress(batches, facts.ValidationRows);
        _began = Stopwatch.GetTimestamp();
        _mark = (_began, 0);
        while (!IsDone && !(stop() && Progress.Committed == _granted))
        {
            var until = GrantRule.Until(Progress.Committed, Steps, Seconds, Progress.Committed);
            if (until > _granted && !stop() && (Progress.Committed == _granted || until - _granted > (_granted - Progress.Committed) / 4))
            {
                _granted = until;
                await Unless(Crew.Grant(until));
            }

            await News();
        }
    }

    private async Task News()
    {
        await _news.Task;
        _news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Check();
    }

    private async Task Check()
    {
        if (_trouble is not { } trouble)
        {
            return;
        }

        switch (trouble.Kind)
        {
            case TroubleKind.NonFiniteLoss or TroubleKind.NonFiniteGradient:
                throw new NonFiniteJobException(trouble);
            case TroubleKind.Exception:
                throw new JobException(
                    $"step {trouble.Step} failed on silo {_members[trouble.Index].Name}: {trouble.Message}");
            default:
                await Verdict(trouble);
                break;
        }
    }

    // Members stop computing when a link breaks; the membership's verdict says who is really gone, so that the next
    // generation does not count on it.
    private async Task Verdict(WorkerTrouble trouble)
    {
        using var time = new CancellationTokenSource(VerdictTime);
        var ending = Stopwatch.StartNew();
        while (ending.Elapsed < VerdictTime && _trouble!.Kind == TroubleKind.LostPeer && AllLive())
        {
            await Task.WhenAny(_ended.Token.IsCancellationRequested ? Task.CompletedTask : Next(time.Token));
        }

        if (_trouble!.Kind != TroubleKind.LostPeer)
        {
            await Check();
        }

        throw new LostMemberException($"step {trouble.Step}: member {trouble.Peer} was lost to member {trouble.Index}: {trouble.Message}");
    }

    private async Task Next(CancellationToken cancellation)
    {
        var news = _news.Task;
        await Task.WhenAny(news, Task.Delay(50, cancellation));
        if (news.IsCompleted)
        {
            _news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private bool AllLive() => Crew.Silos.All(s => _cluster.CurrentSnapshot.GetSiloStatus(s) == SiloStatus.Active);

    /// <summary>Awaits a task of the whole crew, unless a member dies first.</summary>
    public async Task<T> Unless<T>(Task<T> task)
    {
        await Unless((Task)task);
        return await task;
    }

    /// <summary>Awaits a task of the whole crew, unless a member dies first.</summary>
    public async Task Unless(Task task)
    {
        while (!task.IsCompleted)
        {
            await Task.WhenAny(task, _news.Task);
            if (!task.IsCompleted)
            {
                _ = task.ContinueWith(t => t.Exception, TaskScheduler.Default);
                await News();
                if (!AllLive())
                {
                    throw new LostMemberException("a silo of the job left the cluster");
                }
            }
        }

        await task;
    }

    private async Task FollowMembership()
    {
        try
        {
            await foreach (var _ in _cluster.MembershipUpdates.WithCancellation(_ended.Token))
            {
                if (!AllLive())
                {
                    _trouble ??= new WorkerTrouble(
                        Crew.Membership, 0, TroubleKind.LostPeer, Progress?.Committed ?? 0, null, null, "a silo of the job left the cluster");
                    Wake();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The attempt is over.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended.Cancel();
        _ended.Dispose();
    }
}

/// <summary>A member is gone; the job goes on in another generation.</summary>
internal sealed class LostMemberException(string message) : Exception(message);
