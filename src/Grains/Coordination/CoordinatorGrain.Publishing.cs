using Granary.Contracts;
using Granary.Grains.Exchange;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <content>What becomes of the model when the job ends.</content>
internal sealed partial class CoordinatorGrain
{
    // A disk that is full may be made room on: the model is worth some waiting.
    private static readonly TimeSpan PublishTime = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan PublishPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPublishPause = TimeSpan.FromSeconds(10);

    private string Output => State.Submission!.Output ?? OwnOutput;

    // The cluster's own place for it.
    private string OwnOutput => Path.Combine(silo.Outputs, JobId);

    // Before the first step: a folder that cannot be written to must not be found out after the last.
    private async Task TakeOutput(Crew crew, Attempt attempt)
    {
        if (!State.HasOutput)
        {
            await attempt.Unless(crew.TakeOutput(Output, State.Submission!.Overwrite, State.Submission.Continue));
            State.HasOutput = true;
        }
    }

    private async Task Publish(Attempt attempt, JobState state, string? failure)
    {
        Activity = "writing the model";
        await SaveForCertain(); // a coordinator that has been replaced writes nothing any more
        var live = _progress!.Live;
        var (evaluation, evaluated, step) = (live.Evaluation, _progress.LastEpochEnd, live.Committed);
        if (Job.Training.Keep == KeptModel.Best && live.Standing is { } standing)
        {
            (evaluation, evaluated, step) = (standing.Best, standing.BestStep, standing.BestStep);
            await Recall(attempt, step);
        }
        else if (state != JobState.Failed && await EvaluateNow(attempt) is { } now)
        {
            (evaluation, evaluated) = (now, step);
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
        var result = new JobResult(
            Job.Model.Kind,
            weights[0].Parameters,
            live.EpochLoss,
            evaluation?.Examples ?? 0,
            evaluation?.Loss,
            evaluation?.Accuracy,
            weights[0].Sha256,
            Output,
            step,
            _progress.HasStopped,
            evaluation is null ? null : evaluated,
            live.EpochLoss is null ? null : _progress.LastEpochEnd);
        var papers = JobPapers.Of(JobId, Job, state, result, State, live);
        IReadOnlyDictionary<string, string> copies = new Dictionary<string, string>();
        if (state != JobState.Failed && await LeaveBehind(attempt, step) is { } left)
        {
            (var paper, copies) = left.Files(State.Generation);
            papers.Add(paper.Key, paper.Value);
        }

        var (output, trouble) = await Write(attempt, state, papers, copies);
        State.Result = output is null ? null : result with { Output = output };
        if (trouble is not null)
        {
            (state, failure) = (JobState.Failed, failure is null ? trouble : $"{failure} {trouble}");
        }

        _progress.Settle(_progress.Committed);
        if (_progress.HasStopped)
        {
            State.Note(JobEventKind.StoppedEarly, null, new EvaluationRule(Job.Training).Describe(live.Standing!));
        }

        await End(state, failure);
    }

    // Where the output takes nothing any more, the model goes to the cluster's own place, so that it is not lost for a disk that is full.
    // Returns where it is, and what went wrong.
    private async Task<(string? Output, string? Trouble)> Write(
        Attempt attempt, JobState state, IReadOnlyDictionary<string, string> papers, IReadOnlyDictionary<string, string> copies)
    {
        var keepsState = RunFolder.IsSame(Output, State.Submission!.Continue);
        var publication = new Publication(Output, papers, copies, keepsState, State.Submission.Overwrite, State.Submission.Continue);
        var since = System.Diagnostics.Stopwatch.StartNew();
        for (var pause = new GrowingPause(PublishPause, LongestPublishPause); ;)
        {
            var trouble = await attempt.Crew.Publish(publication);
            if (trouble is null)
            {
                return (Output, null);
            }

            if (OwnOutput != Output)
            {
                var again = await attempt.Crew.Publish(new Publication(OwnOutput, papers, copies, KeepsState: false, Overwrite: false, Continues: null));
                if (again is null)
                {
                    return (OwnOutput, $"{trouble} The model was written to {OwnOutput} instead.");
                }

                trouble = $"{trouble} Nor could it be written to the cluster's own place: {again}";
            }

            if (State.CancelAsked || since.Elapsed > PublishTime)
            {
                return (null, $"the model could not be written: {trouble}{LastCheckpoint()}");
            }

            Activity = $"the model cannot be written, and is tried again: {trouble}";
            var waiting = Task.Delay(pause.Next(), _deactivated.Token); // where the coordinator has ended, another one writes it
            await (state == JobState.Failed ? waiting : attempt.Unless(waiting)); // of a job that fails, the attempt's trouble is known
            if (_ended)
            {
                throw new OperationCanceledException("the coordinator has ended");
            }
        }
    }

    private string LastCheckpoint() => State.Checkpoints.LastOrDefault() is { } last
        ? $" The weights of step {last.Step} are in the checkpoint {last.Folder}."
        : "";

    // The weights published are those of the last step, and a job that is cancelled seldom ends with an epoch. Its checkpoint comes first:
    // it must not wait for an evaluation that takes longer than was thought.
    private async Task<Evaluation?> EvaluateNow(Attempt attempt)
    {
        if (_progress!.EvaluationNow is { } known)
        {
            return known;
        }

        if (!EvaluationRule.IsQuick(_progress.ValidationRows, Job.Data.Shards, attempt.ExamplesPerSecond))
        {
            return null;
        }

        await CheckpointLast(attempt);
        return await attempt.Evaluate(Acknowledged, patience.Stretch(EvaluationRule.Patience));
    }

    private Task CheckpointLast(Attempt attempt) => IsDurable(_progress!.Committed) ? Task.CompletedTask : attempt.Checkpoint(Acknowledged);

    // What training on takes, where a checkpoint of the last version can be written.
    private async Task<RunState?> LeaveBehind(Attempt attempt, long published)
    {
        var last = _progress!.Committed;
        await CheckpointLast(attempt);
        return IsDurable(last)
            ? new RunState(JobId, State.Facts!, State.Seconds, [.. State.Checkpoints.Where(c => c.Step == published || c.Step == last)
                .Select(c => c.Step == last ? c with { Progress = _progress.Live } : c)], State.Platform)
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
