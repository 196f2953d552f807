using System.Diagnostics;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <content>Checkpoints and evaluations that are asked for between steps.</content>
internal sealed partial class GenerationRun
{
    // How long, and after what pauses, a checkpoint that must be written before the next step is retried.
    private static readonly TimeSpan RetryTime = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    // The best version is on disk before the next step is taken, so that no recovery can lose it.
    private async Task KeepBest(Func<long> acknowledged, Func<Directive> directive)
    {
        bool IsWanted() => _keepsBest && directive() == Directive.Train && _progress!.Committed == _granted && _progress.Live.Standing?.BestStep == _granted && !IsDurable(_granted);

        var since = Stopwatch.StartNew();
        if (IsWanted() && await Checkpoint(acknowledged, _ => IsWanted() && since.Elapsed < RetryTime) is { } failure && IsWanted())
        {
            throw new JobException(
                $"the best model so far (step {_granted}, training.keep: best) could not be written to a checkpoint for {RetryTime.TotalMinutes:0} minutes: {failure}");
        }
    }

    /// <summary>Has the workers, which have all committed the same step, write a checkpoint of it, and retries while it cannot be written:
    /// space may be freed on a full disk. Returns why it could not be written; null: it was.</summary>
    /// <param name="acknowledged">Records of steps before it are in storage.</param>
    /// <param name="again">Whether to try again, told why it could not be written.</param>
    public async Task<string?> Checkpoint(Func<long> acknowledged, Func<string, bool> again)
    {
        for (var pause = new GrowingPause(RetryPause, LongestPause); ;)
        {
            if (await Checkpoint(acknowledged()) is not { } failure)
            {
                return null;
            }

            if (!again(failure))
            {
                return failure;
            }

            await Unless(Task.Delay(pause.Next()));
            if (!again(failure))
            {
                return failure;
            }
        }
    }

    /// <summary>The same, once.</summary>
    public async Task<string?> Checkpoint(long acknowledged)
    {
        while (Pending is not null)
        {
            await News();
        }

        var pending = Pending = new PendingCheckpoint(_granted, Group.Count);
        _progress!.Mark(_granted);
        _checkpointStep = _granted;
        SinceCheckpoint.Restart();
        await Unless(Group.Grant(new StepGrant(_granted, _granted, 0, _granted, acknowledged)));
        while (Pending is not null)
        {
            await News();
        }

        return pending.Failure;
    }

    /// <summary>Has the workers, which have all committed the same step, evaluate it. Returns null if that takes longer than <paramref name="patience"/>.</summary>
    /// <param name="acknowledged">Records of steps before it are in storage.</param>
    /// <param name="patience">How long to wait.</param>
    public async Task<Evaluation?> Evaluate(long acknowledged, TimeSpan patience)
    {
        var since = Stopwatch.StartNew();
        _evaluating = true;
        try
        {
            await Unless(Group.Grant(new StepGrant(_granted, _granted, 0, null, acknowledged, Evaluate: true)));
            while (_progress!.EvaluationNow is null && since.Elapsed < patience)
            {
                await Task.WhenAny(_news.Task, Task.Delay(patience));
                if (_news.Task.IsCompleted)
                {
                    await News();
                }
            }
        }
        finally
        {
            _evaluating = false;
        }

        return _progress.EvaluationNow;
    }
}
