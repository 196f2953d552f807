using Granary.Contracts;
using Granary.Grains.Telemetry;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <content>Publishing the model when the job ends.</content>
internal sealed partial class CoordinatorGrain
{
    // Space may be freed on a full disk, so publishing is retried for a while.
    private static readonly TimeSpan PublishTime = TimeSpan.FromMinutes(10);
    // A store that fails mostly comes back: the cluster's default place is no remedy before.
    private static readonly TimeSpan StoreTime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan PublishPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPublishPause = TimeSpan.FromSeconds(10);

    private string Output => State.Submission!.Output ?? Job.Output.Path ?? OwnOutput;

    // The cluster's default place for it.
    private string OwnOutput => Path.Combine(silo.Outputs, JobId);

    // Before the first step, so that a folder that cannot be written to is noticed then and not after the last step.
    private async Task TakeOutput(WorkerGroup group, GenerationRun run)
    {
        if (!State.HasOutput)
        {
            await run.Unless(group.TakeOutput(Output, State.Submission!.Overwrite, State.Submission.Continue));
            State.HasOutput = true;
        }
    }

    private async Task Publish(GenerationRun run, JobState state, string? failure)
    {
        Activity = "writing the model";
        Spend(TimePart.CheckpointStall, "publish");
        EndForming("the job ends");
        using var trace = RootSpan.Begin("publish")?.SetTag("job", JobId).SetTag("generation", State.Generation);
        if (trace is not null)
        {
            System.Diagnostics.Activity.Current = trace; // the calls to workers belong to it
            _traces.Add(trace.Context);
        }

        await SaveForCertain(); // a coordinator that has been replaced fails here
        var live = _progress!.Live;
        var (evaluation, evaluated, step) = (live.Evaluation, _progress.LastRoundEnd, live.Committed);
        if (Job.Training.Keep == KeptModel.Best && live.Standing is { } standing)
        {
            (evaluation, evaluated, step) = (standing.Best, standing.BestStep, standing.BestStep);
            await LoadCheckpoint(run, step);
        }
        else if (state != JobState.Failed && await EvaluateNow(run) is { } now)
        {
            (evaluation, evaluated) = (now, step);
        }

        var weights = state == JobState.Failed
            ? await run.Group.HashWeights(0) // each worker has the weights from before the failure
            : await run.Unless(run.Group.HashWeights(live.Committed));
        if (state == JobState.Completed && weights.FirstOrDefault(w => w.Sha256 != weights[0].Sha256) is { } other)
        {
            throw new JobException(
                $"The members hold different weights after step {other.Step} ({weights[0].Sha256[..12]}, {other.Sha256[..12]}): this must never "
                + "happen, so the model was not written. Please report it with the job file.");
        }

        var figures = state != JobState.Failed && evaluation is not null && evaluated == step ? await HeldOutFigures(run) : null;
        Remember(run);
        State.Failure = failure;
        var result = new JobResult(
            Job.Model.Kind,
            weights[0].Parameters,
            live.EpochLoss,
            evaluation?.Examples ?? 0,
            evaluation?.Loss,
            evaluation?.AccuracyOfClasses,
            weights[0].Sha256,
            Output,
            step,
            _progress.HasStopped,
            evaluation is null ? null : evaluated,
            live.EpochLoss is null ? null : _progress.LastRoundEnd,
            evaluation?.Numbers,
            figures);
        var artifacts = JobArtifacts.Of(Job, state, result, State, live, GoodputNow());
        IReadOnlyDictionary<string, CheckpointPart> copies = new Dictionary<string, CheckpointPart>();
        if (state != JobState.Failed && await LeaveBehind(run, step) is { } left)
        {
            (var artifact, copies) = left;
            artifacts.Add(artifact.Key, artifact.Value);
        }

        var (output, trouble) = await Write(run, state, artifacts, copies, figures?.Threshold is { Missed: null } chosen ? chosen.Value : null);
        State.Result = output is null ? null : result with { Output = output };
        if (trouble is not null)
        {
            (state, failure) = (JobState.Failed, failure is null ? trouble : $"{failure} {trouble}");
        }

        _progress.Settle(_progress.Committed);
        if (_progress.HasStopped)
        {
            Note(JobEventKind.StoppedEarly, null, new EvaluationRule(Job.Training).Describe(live.Standing!));
        }

        await End(state, failure);
    }

    // If the output folder cannot be written to, the model goes to the cluster's default place instead. Returns where it is, and what
    // went wrong.
    private async Task<(string? Output, string? Trouble)> Write(
        GenerationRun run, JobState state, IReadOnlyDictionary<string, string> artifacts, IReadOnlyDictionary<string, CheckpointPart> copies, double? threshold)
    {
        var keepsState = RunFolder.IsSame(Output, State.Submission!.Continue);
        var publication = new Publication(Output, artifacts, copies, keepsState, State.Submission.Overwrite, State.Submission.Continue, PointsToPublish, threshold);
        System.Diagnostics.Stopwatch? since = null; // the first failure: a long upload is none
        for (var pause = new GrowingPause(PublishPause, LongestPublishPause); ;)
        {
            var trouble = await run.Group.Publish(publication);
            if (trouble is null)
            {
                return (Output, null);
            }

            if (StoredPath.Is(Output) && since is null)
            {
                Note(JobEventKind.Trouble, null, $"the model cannot be written, and is tried again: {trouble}");
            }

            since ??= System.Diagnostics.Stopwatch.StartNew();
            if (OwnOutput != Output && (!StoredPath.Is(Output) || since.Elapsed > StoreTime))
            {
                var again = await run.Group.Publish(new Publication(OwnOutput, artifacts, copies, KeepsState: false, Overwrite: false, Continues: null, PointsToPublish, threshold));
                if (again is null)
                {
                    await run.Group.GiveBackOutput(Output); // another job may have the place, which has nothing of this one
                    return (OwnOutput, $"{trouble} The model was written to {OwnOutput} instead.");
                }

                trouble = $"{trouble} Nor could it be written to the cluster's default place: {again}";
            }

            if (State.CancelAsked || since.Elapsed > PublishTime)
            {
                return (null, $"the model could not be written: {trouble}{LastCheckpoint()}");
            }

            Activity = $"the model cannot be written, and is tried again: {trouble}";
            var waiting = Task.Delay(pause.Next(), _deactivated.Token); // if this coordinator is deactivated, its successor publishes
            await (state == JobState.Failed ? waiting : run.Unless(waiting)); // if the job has failed, the run's trouble is known already
            if (_ended)
            {
                throw new OperationCanceledException("the coordinator has ended");
            }
        }
    }

    private string LastCheckpoint() => State.Checkpoints.LastOrDefault() is { } last
        ? $" The weights of step {last.Step} are in the checkpoint {checkpoints.Describe(last.Id)}."
        : "";

    // A cancelled job seldom ends with an evaluation, so its published weights have not been evaluated. The checkpoint comes first:
    // it must not wait for an evaluation that takes longer than expected.
    private async Task<Evaluation?> EvaluateNow(GenerationRun run)
    {
        if (_progress!.EvaluationNow is { } known)
        {
            return known;
        }

        if (!EvaluationRule.IsQuick(_progress.ValidationRows, Job.Data.Shards, run.ExamplesPerSecond))
        {
            return null;
        }

        await CheckpointLast(run);
        Spend(TimePart.Evaluating);
        var evaluation = await run.Evaluate(Acknowledged, patience.Stretch(EvaluationRule.Patience));
        Spend(TimePart.CheckpointStall, "publish");
        return evaluation;
    }

    private Task CheckpointLast(GenerationRun run) => IsDurable(_progress!.Committed) ? Task.CompletedTask : run.Checkpoint(Acknowledged);

    // What --continue needs, if a checkpoint of the last version can be written.
    private async Task<(KeyValuePair<string, string> Artifact, IReadOnlyDictionary<string, CheckpointPart> Copies)?> LeaveBehind(GenerationRun run, long published)
    {
        var last = _progress!.Committed;
        await CheckpointLast(run);
        return IsDurable(last)
            ? new RunState(JobId, State.Facts!, State.Seconds, [], State.Platform).Files(
                State.Generation,
                State.Checkpoints.Where(c => c.Step == published || c.Step == last).Select(c => c.Step == last ? c with { Progress = _progress.Live } : c))
            : null;
    }

    private async Task LoadCheckpoint(GenerationRun run, long step)
    {
        if (step != _progress!.Committed)
        {
            _loadingStep = step;
            await run.Unless(run.Group.LoadCheckpoint(new RestoreSource(step, [], State.Checkpoints.Single(c => c.Step == step).Parts)));
            _loadingStep = null;
        }
    }
}
