using Granary.Contracts;
using Granary.Grains.Exchange;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <content>What becomes of the model when the job ends.</content>
internal sealed partial class CoordinatorGrain
{
    private async Task Publish(Attempt attempt, JobState state, string? failure)
    {
        _activity = "writing the model";
        await SaveForCertain(); // a coordinator that has been replaced writes nothing any more
        var live = _progress!.Live;
        var (evaluation, step) = (live.Evaluation, live.Committed);
        if (Job.Training.Keep == KeptModel.Best && live.Standing is { } standing)
        {
            (evaluation, step) = (standing.Best, standing.BestStep);
            await Recall(attempt, step);
        }

        var weights = state == JobState.Failed
            ? await attempt.Crew.Weigh(0) // what each has is what it had before the failure
            : await attempt.Unless(attempt.Crew.Weigh(live.Committed));
        if (state == JobState.Completed && weights.FirstOrDefault(w => w.Sha256 != weights[0].Sha256) is { } other)
        {
            throw new JobException(
                $"The members hold different weights after step {other.Step} ({weights[0].Sha256[..12]}, {other.Sha256[..12]}): this must never "
                + "happen, so the model was not written. Please report it with the job file.");
        }

        Remember(attempt);
        State.Failure = failure;
        var output = State.Submission!.Output ?? Path.Combine(silo.Outputs, JobId);
        State.Result = new JobResult(
            Job.Model.KindName(),
            weights[0].Parameters,
            live.EpochLoss,
            evaluation?.Examples ?? 0,
            evaluation?.Loss,
            evaluation?.Accuracy,
            weights[0].Sha256,
            output,
            step,
            _progress.HasStopped);
        var papers = JobPapers.Of(JobId, Job, state, State.Result, State, live);
        IReadOnlyDictionary<string, string> copies = new Dictionary<string, string>();
        if (state != JobState.Failed && await LeaveBehind(attempt, step) is { } left)
        {
            (var paper, copies) = left.Files();
            papers.Add(paper.Key, paper.Value);
        }

        await attempt.Crew.Publish(output, papers, copies);
        _progress.Settle(_progress.Committed);
        if (_progress.HasStopped)
        {
            State.Note(JobEventKind.StoppedEarly, null, new EvaluationRule(Job.Training).Describe(live.Standing!));
        }

        await End(state, failure);
    }

    // What training on takes, where a checkpoint of the last version can be written.
    private async Task<RunState?> LeaveBehind(Attempt attempt, long published)
    {
        var last = _progress!.Committed;
        if (!IsDurable(last))
        {
            await attempt.Checkpoint(Acknowledged);
        }

        return IsDurable(last)
            ? new RunState(JobId, State.Facts!, State.Seconds, [.. State.Checkpoints.Where(c => c.Step == published || c.Step == last)
                .Select(c => c.Step == last ? c with { Progress = _progress.Live } : c)])
            : null;
    }

    private async Task Recall(Attempt attempt, long step)
    {
        if (step != _progress!.Committed)
        {
            _recalling = step;
            await attempt.Unless(attempt.Crew.Recall(new Origin(step, [], State.Checkpoints.Single(c => c.Step == step).Parts)));
            _recalling = null;
        }
    }
}
