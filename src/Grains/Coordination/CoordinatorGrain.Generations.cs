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

/// <content>The life of a job: one generation after the other, until it has ended.</content>
internal sealed partial class CoordinatorGrain
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    // Until the job ends one way or another: attempts, each a generation of its own.
    private async Task Run(Task before)
    {
        // A job that is resumed while it still comes to rest has one life, not two.
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        while (State.State == JobState.Running && !_ended)
        {
            try
            {
                await AttemptOrRecover();
            }
            catch (InconsistentStateException)
            {
                LogReplaced(logger, JobId, State.Generation);
                _ended = true;
                Formed();
                DeactivateOnIdle();
                return;
            }
        }

        if (!_ended && State.State != JobState.Running)
        {
            await Catalogue.Awake();
        }
    }

    private async Task AttemptOrRecover()
    {
        try
        {
            await Attempt();
        }
        catch (Exception e) when (e is not InconsistentStateException)
        {
            await Recover(e);
        }
    }

    // What another generation may get over, the job's own causes, and the rest.
    private async Task Recover(Exception e)
    {
        if (_ended)
        {
            return;
        }

        var fate = _retries.Decide(e, _progress?.Committed ?? 0);
        if (fate.Failure is { } failure)
        {
            LogFailed(logger, e, JobId);
            await EndHere(JobState.Failed, failure);
            return;
        }

        LogRecovering(logger, JobId, State.Generation, e.Message);
        _activity = "recovering: " + e.Message;
        State.Recoveries++;
        State.Note(
            e is LostMemberException ? JobEventKind.SiloLost : JobEventKind.Trouble,
            (e as LostMemberException)?.Silo,
            e.Message);
        if (e is DamagedCheckpointException && State.Checkpoints.Count > 0)
        {
            var damaged = _recalling ?? State.Checkpoints[^1].Step;
            State.Note(JobEventKind.CheckpointDamaged, null, $"the checkpoint of step {damaged} was put aside: {e.Message}");
            State.Checkpoints = [.. State.Checkpoints.Where(c => c.Step != damaged)];
        }

        _recalling = null;
        await Task.Delay(fate.Pause);
    }

    private async Task Attempt()
    {
        _activity = "gathering silos";
        var crew = await Muster(State.Generation + 1);
        Introduce(crew);
        if (crew.Count == 0)
        {
            if (State.CancelAsked)
            {
                await EndHere(JobState.Cancelled, null);
                return;
            }

            if (State.PauseAsked)
            {
                await Rest(State.Progress?.Committed ?? 0);
                return;
            }

            _activity = crew.Strangers.Count == 0 ? "waiting for silos" : $"waiting for silos that compute on {State.Platform}";
            await Task.Delay(200);
            return;
        }

        State.Platform ??= crew.Infos[0].Platform;
        State.Generation++;
        State.Parked = false;
        _resumed = null;
        await SaveForCertain(); // whoever has been replaced stops here, before it has told anybody anything
        var before = _crew;
        _crew = crew;
        using var attempt = new Attempt(crew, Job, State.Seconds, cluster) { Noticed = Noticed, SinceCheckpoint = _sinceCheckpoint, HasCheckpoint = () => State.Checkpoints.Count > 0, IsDurable = IsDurable };
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
            await ReleaseAll(); // of silos that have only read ahead, too
            Formed();
        }
    }

    private async Task<Crew> Look()
    {
        var next = await Muster(State.Generation);
        Introduce(next);
        return next;
    }

    // Whoever computes on something else is named once.
    private void Introduce(Crew crew)
    {
        _idle = crew.Idle;
        foreach (var other in crew.Strangers.Where(s => _strangers.Add(s.Name + s.Platform)))
        {
            Noticed(
                JobEventKind.Trouble, other.Name,
                $"silo {other.Name} computes on {other.Platform}, the job on {State.Platform}: it stands by, because its results may differ in the last bit");
        }
    }

    private Task<Crew> Muster(long generation) => Crew.Muster(
        new Membership(JobId, generation),
        cluster.CurrentSnapshot.Members.Values.Where(m => m.Status == SiloStatus.Active && !_leaving.Contains(m.SiloAddress)),
        Job.Data.Shards,
        State.Platform,
        _retries.Avoid,
        workers);

    private async Task Form(Crew crew, Attempt attempt, Crew? before)
    {
        var holdings = await attempt.Unless(crew.Enter(_progress?.Committed ?? State.Progress?.Committed ?? 0));
        _activity = State.Facts is null ? "reading data" : "forming";
        var facts = State.Facts ??= await attempt.Unless(Gather(crew));
        if (State.Submission!.Continue is { } run && State.Progress is null)
        {
            await TakeUp(run, facts);
        }

        var shape = ModelShape.Of(Job.Model, facts.Shape);
        var layout = new ExchangeLayout(BlockPlan.Of(Job, shape), new ShardPlan(Job.Data.Shards, crew.Count));
        var state = OptimizerCatalogue.Create(Job.Training.Optimizer).StatePerWeight;
        var origin = Origin(RestorePlan.Make([.. holdings.Select(h => h.Versions)], layout, state > 0), holdings, facts);
        State.Progress = _progress!.Settled;
        _ = before?.ReleaseBut(crew);
        await attempt.Unless(crew.Prepare(Job, facts, origin));
        await _keeper.TrySave();
        State.Note(
            JobEventKind.Formed,
            null,
            $"generation {State.Generation}: {string.Join(", ", crew.Infos.Select(i => i.Name))} from step {origin.Step} on"
            + (origin.Checkpoint.Count > 0 ? ", from its checkpoint" : ""));
        _leaving.IntersectWith(cluster.CurrentSnapshot.Members.Values.Where(m => m.Status != SiloStatus.Dead).Select(m => m.SiloAddress));
        Formed();
        _arrivals = new Arrivals(crew, attempt.Wake, Look, Job, facts);
        _activity = "training";
        var bytes = state * (Job.Model.Precision == Precision.Float64 ? sizeof(double) : sizeof(float));
        await attempt.Train(_progress, layout, bytes, origin.Step, () => Acknowledged, Wish, SaveNowAndThen);
        await Finish(attempt);
    }

    private Wish Wish() =>
        State.CancelAsked || State.PauseAsked || _ended ? Coordination.Wish.Stop
        : _crew!.Silos.Any(_leaving.Contains) || _arrivals!.AreReady(cluster.CurrentSnapshot, _leaving) ? Coordination.Wish.Reform
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
            for (var pause = TimeSpan.FromSeconds(1); await Park(attempt) is { } failure; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            {
                _activity = $"pausing: the checkpoint of step {_progress!.Committed} could not be written, and is tried again: {failure}";
                await attempt.Unless(Task.Delay(pause)); // without it what the members hold would be lost
                if (State.CancelAsked || !State.PauseAsked || _ended)
                {
                    return;
                }
            }

            await _crew!.Release(); // before anybody can resume it
            if (State.CancelAsked || !State.PauseAsked)
            {
                return; // asked meanwhile: the next generation knows
            }

            await Rest(_progress!.Committed);
        }
        else if (!_ended && (await Muster(State.Generation)).Count == 0)
        {
            // Everybody has been told to stop: whoever comes next goes on from here.
            await Park(attempt);
            _ended = true;
            Formed();
            DeactivateOnIdle();
        }
        else
        {
            if (_crew!.Silos.Any(_leaving.Contains))
            {
                _activity = "writing a checkpoint";
                await attempt.Checkpoint(Acknowledged); // who leaves takes memory along that nobody else may have
            }

            State.Note(JobEventKind.Resized, null, $"the set of silos changes after step {_progress!.Committed}");
        }
    }

    private async Task Rest(long step)
    {
        State.PauseAsked = false;
        State.State = JobState.Paused;
        State.Note(JobEventKind.Paused, null, $"paused after step {step}");
        _activity = "";
        await SaveForCertain();
        Formed();
    }

    // Returns why not; null: all of the job is on disk.
    private async Task<string?> Park(Attempt attempt)
    {
        _activity = "writing a checkpoint";
        var failure = await attempt.Checkpoint(Acknowledged);
        if (State.Checkpoints.LastOrDefault()?.Step != _progress!.Committed)
        {
            return failure ?? "it is not in storage";
        }

        State.Parked = true;
        Remember(attempt);
        _progress.Settle(_progress.Committed);
        await SaveForCertain();
        return null;
    }

    // Records that members may forget: what was stored may be of steps that a checkpoint has gone back behind.
    private long Acknowledged => Math.Min(_keeper.Stored, _progress!.Settled.Committed);

    // From memory where the members together hold a version, else from disk, else from the start: the bits are the same.
    private Origin Origin(Origin? memory, Holdings[] holdings, DataFacts facts)
    {
        var batches = Batches(facts);
        var rule = new EvaluationRule(Job.Training);
        _progress ??= new JobProgress(batches, facts.ValidationRows, State.Progress ?? ProgressState.Empty(batches.Shards), rule);
        foreach (var held in holdings)
        {
            _progress.Add(held.Steps, held.Evaluations, State.Seconds);
        }

        _reached = Math.Max(_reached, _progress.Committed);
        State.Checkpoints = [.. State.Checkpoints.Where(c => HasBest(c.Step, c.Progress))];
        var durable = State.Checkpoints.LastOrDefault();
        if (memory is not null && memory.Step >= _progress.Settled.Committed && memory.Step >= (durable?.Step ?? 0)
            && (memory.Step <= _progress.Committed || (memory.Step == _progress.Committed + 1 && batches.EndsEpoch(_progress.Committed)))
            && HasBest(memory.Step, memory.Step < _progress.Committed ? _progress.At(memory.Step) : _progress.Live))
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
                $"nobody held {(memory is null ? "a whole version" : "all that is needed")} any more: back from step {_progress.Committed} to "
                + (durable is null ? "the start" : $"the checkpoint of step {durable.Step}"));
        }

        known.Points = [.. points];
        _progress = new JobProgress(batches, facts.ValidationRows, known, rule);
        return durable is null ? Contracts.Origin.Fresh : new Origin(durable.Step, [], durable.Parts);
    }

    private bool IsDurable(long step) => State.Checkpoints.Any(c => c.Step == step);

    // Training must not go on from a version whose past holds a best one that is nowhere any more.
    private bool HasBest(long step, ProgressState known) => Job.Training.Keep != KeptModel.Best
        || known.Standing is not { } standing || standing.BestStep == step || IsDurable(standing.BestStep);

    private BatchPlan Batches(DataFacts facts) => new(facts.TrainingRows, Job.Training.Batch, Job.Training.Epochs);

    private async Task<DataFacts> Gather(Crew crew)
    {
        var facts = DataPlan.Merge(Job, await crew.Survey(Job));
        return StatisticsPlan.IsNeeded(Job) ? StatisticsPlan.Complete(Job, facts, await crew.Statistics(Job, facts)) : facts;
    }

    // The first time a continued job stands: it is as if it had been lost just after the run's last step.
    private async Task TakeUp(string run, DataFacts facts)
    {
        var left = await Task.Run(() => RunState.Read(run));
        left.RequireSame(facts);
        var progress = left.Checkpoints[^1].Progress;
        if (progress.Committed >= Batches(facts).Steps)
        {
            throw new JobException($"the run of job {left.Job} has all of the {progress.Committed} steps of this job already: set more training.epochs.");
        }

        if (new EvaluationRule(Job.Training).Stops(progress.Standing))
        {
            throw new JobException($"the run of job {left.Job} has ended early, and would end again at the same step {progress.Committed}: "
                + "set more training.earlyStopping.patience, or take training.earlyStopping out.");
        }

        (State.Progress, State.Checkpoints, State.Seconds) = (progress.Copy(), [.. left.Checkpoints], left.Seconds);
        State.Note(JobEventKind.Started, null, $"goes on from step {progress.Committed} of job {left.Job}");
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
}
