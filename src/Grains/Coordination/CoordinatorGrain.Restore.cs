using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <content>What a generation starts from: the facts about the data, and the version to restore.</content>
internal sealed partial class CoordinatorGrain
{
    // From memory if the workers together hold a version, else from a checkpoint, else from the start: the bits are the same.
    private RestoreSource ChooseSource(RestoreSource? memory, HeldState[] states, DataFacts facts)
    {
        var batches = Batches(facts);
        var rule = new EvaluationRule(Job.Training);
        _progress ??= new JobProgress(batches, EvaluationPlan.Rows(Job.Training, facts.ValidationRows), State.Progress ?? ProgressState.Empty(batches.Shards), rule, facts.TargetScaling, Job.Data.Weight is not null);
        foreach (var held in states)
        {
            _progress.Add(held.Steps, held.Evaluations, State.Seconds);
        }

        State.Reached = Math.Max(State.Reached, _progress.Committed);
        State.Checkpoints = [.. State.Checkpoints.Where(c => HasBest(c.Step, c.Progress))];
        var durable = State.Checkpoints.LastOrDefault();
        if (memory is not null && memory.Step >= _progress.Settled.Committed && memory.Step >= (durable?.Step ?? 0)
            && (memory.Step <= _progress.Committed || (memory.Step == _progress.Committed + 1 && batches.EndsRound(_progress.Committed)))
            && HasBest(memory.Step, memory.Step < _progress.Committed ? _progress.At(memory.Step) : _progress.Live))
        {
            NoteRewind(memory.Step < _progress.Committed ? _progress.At(memory.Step) : _progress.Live, "the newest version that the silos held whole", checkpoint: false);
            _progress.Rewind(memory.Step);
            return memory;
        }

        var points = _progress.Live.Points.Where(p => p.Step <= (durable?.Step ?? 0));
        var known = durable?.Progress.Copy() ?? ProgressState.Empty(batches.Shards);
        NoteRewind(known, durable is null ? "the start" : $"the checkpoint of step {durable.Step}", checkpoint: true);
        known.Points = [.. points];
        _progress = new JobProgress(batches, EvaluationPlan.Rows(Job.Training, facts.ValidationRows), known, rule, facts.TargetScaling, Job.Data.Weight is not null);
        return durable is null ? RestoreSource.Fresh : new RestoreSource(durable.Step, [], durable.Parts);
    }

    private void NoteRewind(ProgressState known, string where, bool checkpoint)
    {
        var to = known.Committed;
        if (_progress!.Committed is var from && from > to)
        {
            State.Time.Rewound(from, to, _progress.Live.Examples - known.Examples);
            Note(JobEventKind.Rewound, null, $"back from step {from} to {where}", new Rewind(from, to, checkpoint));
        }
    }

    private bool IsDurable(long step) => State.Checkpoints.Any(c => c.Step == step);

    // Training must not continue from a version if the best version before it has been lost.
    private bool HasBest(long step, ProgressState known) => Job.Training.Keep != KeptModel.Best
        || known.Standing is not { } standing || standing.BestStep == step || IsDurable(standing.BestStep);

    private BatchPlan Batches(DataFacts facts) => BatchPlan.Of(Job, facts.TrainingRows);

    private async Task<DataFacts> Gather(WorkerGroup group)
    {
        var facts = DataPlan.Merge(Job, await group.Survey(Job));
        return await StatisticsPlan.Gather(Job, facts, asked => group.Statistics(Job, asked));
    }

    // The first generation of a continued job: as if the job had been lost just after the earlier run's last step.
    private async Task TakeUp(string run, DataFacts facts, GenerationRun generation)
    {
        var left = await Task.Run(() => RunState.Read(run));
        left.RequireSame(facts);
        var progress = left.Checkpoints[^1].Progress;
        var batches = Batches(facts);
        if (progress.Committed >= batches.Steps)
        {
            throw new JobException($"the run of job {left.Job} has all of the {Plural.Of(progress.Committed, "step")} of this job already: set more "
                + $"{(Job.Training.Steps > 0 ? "training.steps" : "training.epochs")}.");
        }

        if ((Job.Training.EarlyStopping is not null || Job.Training.Keep == KeptModel.Best) && progress.HasClosedRoundAt(batches))
        {
            throw new JobException($"the run of job {left.Job} ended with step {progress.Committed}, between two evaluations ({Plural.Of(batches.StepsPerRound, "step")} apart), and was evaluated "
                + "there all the same: a longer job would not have been, and might stop elsewhere or keep another version. Take training.earlyStopping and training.keep out, or train anew.");
        }

        if (new EvaluationRule(Job.Training).Stops(progress.Standing))
        {
            throw new JobException($"the run of job {left.Job} has ended early, and would end again at the same step {progress.Committed}: "
                + "set more training.earlyStopping.patience, or take training.earlyStopping out.");
        }

        State.Checkpoints = await Task.Run(() => EarlierCheckpoints.TakeOver(checkpoints, JobId, run, left));
        (State.Progress, State.Seconds, generation.SecondsBefore) = (progress.Copy(), left.Seconds, left.Seconds);
        State.Earlier = State.Done(progress);
        State.Time.StartsAt(progress.Committed);
        var elsewhere = left.Platform is { } before && !PlatformDifference.IsNone(before, State.Platform!)
            ? $", which was computed on {PlatformDifference.Of(before, State.Platform!).One}: another platform, whose last bits may differ"
            : "";
        Note(JobEventKind.Started, null, $"goes on from step {progress.Committed} of job {left.Job}{elsewhere}");
    }
}
