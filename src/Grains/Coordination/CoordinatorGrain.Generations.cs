using Granary.Contracts;
using Granary.Grains.Checkpoints;
using Granary.Grains.Exchange;
using Granary.Grains.Goodput;
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
    // Until the job ends one way or another: attempts, each a generation of its own.
    private async Task Run(Task before)
    {
        System.Diagnostics.Activity.Current = null; // a job's life is no part of the call that began it, nor of its trace

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

        if (e is WrongMembersException wrong)
        {
            Spend(TimePart.Rendezvous);
            StandBy(wrong);
            return;
        }

        LogRecovering(logger, JobId, State.Generation, e.Message);
        Activity = "recovering: " + e.Message;
        State.Recoveries++;
        State.Time.Failed(RecoveryCause.Of(e), _clock.Now);
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

    // They are left out from now on, and the others go on.
    private void StandBy(WrongMembersException wrong)
    {
        foreach (var (member, message) in wrong.Members)
        {
            var name = _crew!.Infos[member].Name;
            _wrong[_crew.Silos[member]] = name;
            Noticed(JobEventKind.StandsBy, name, $"silo {name} stands by, and the others go on: {message.TrimEnd('.')}");
        }
    }

    private IReadOnlyList<string> Wrong => [.. cluster.CurrentSnapshot.Members.Values
        .Where(m => m.Status == SiloStatus.Active && _wrong.ContainsKey(m.SiloAddress)).Select(m => m.Name)];

    private bool IsOut(SiloAddress address) => _leaving.Contains(address) || _wrong.ContainsKey(address);

    private async Task Attempt()
    {
        Activity = "gathering silos";
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
                Formed();
                return;
            }

            Activity = crew.Strangers.Count == 0 ? "waiting for silos" : $"waiting for silos that compute on {State.Platform}";
            await Task.Delay(200);
            return;
        }

        State.Platform ??= crew.Infos[0].Platform;
        State.Absent = AbsenceRule.Of(State.Submission!.Silos, crew.Chosen(Job.Data.Shards, Wrong), Status);
        State.Generation++;
        State.Parked = false;
        _resumed = null;
        await SaveForCertain(); // whoever has been replaced stops here, before it has told anybody anything
        var before = _crew;
        _crew = crew;
        using var attempt = new Attempt(crew, Job, State.Seconds, cluster, patience) { Noticed = Noticed, SinceCheckpoint = _sinceCheckpoint, HasCheckpoint = () => State.Checkpoints.Count > 0, IsDurable = IsDurable };
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
        _idle = [.. crew.Idle, .. Wrong];
        foreach (var other in crew.Strangers.Where(s => _strangers.Add(s.Name + s.Platform)))
        {
            var (theirs, ours) = PlatformDifference.Of(other.Platform, State.Platform!);
            Noticed(
                JobEventKind.StandsBy, other.Name,
                $"silo {other.Name} computes on {theirs}, the job on {ours}: it stands by, because its results may differ in the last bit");
        }
    }

    // A name may have been given again: what lives counts, else what came last.
    private SiloStatus? Status(string name) => cluster.CurrentSnapshot.Members.Values.Where(m => m.Name == name)
        .OrderBy(m => m.Status == SiloStatus.Dead).ThenByDescending(m => m.SiloAddress.Generation).Select(m => (SiloStatus?)m.Status).FirstOrDefault();

    private Task<Crew> Muster(long generation) => Crew.Muster(
        new Membership(JobId, generation),
        cluster.CurrentSnapshot.Members.Values.Where(m => m.Status == SiloStatus.Active && !IsOut(m.SiloAddress)),
        Job.Data.Shards,
        State.Platform,
        _retries.Avoid,
        workers,
        patience.Current);

    private async Task Form(Crew crew, Attempt attempt, Crew? before)
    {
        var holdings = await attempt.Unless(crew.Enter(_progress?.Committed ?? State.Progress?.Committed ?? 0));
        Activity = State.Facts is null ? "reading data" : "forming";
        var forming = State.Time.Present;
        Spend(State.Facts is null ? TimePart.ReadingData : forming);
        var facts = State.Facts ??= await attempt.Unless(Gather(crew));
        Spend(forming);
        if (State.Submission!.Continue is { } run && State.Progress is null)
        {
            await TakeUp(run, facts);
            attempt.SecondsBefore = State.Seconds;
        }

        var shape = ModelShape.Of(Job.Model, facts.Shape);
        var layout = new ExchangeLayout(BlockPlan.Of(Job, shape), new ShardPlan(Job.Data.Shards, crew.Count));
        var state = OptimizerCatalogue.Create(Job.Training.Optimizer).State.Count;
        var origin = Origin(RestorePlan.Make([.. holdings.Select(h => h.Versions)], layout, state > 0), holdings, facts);
        State.Progress = _progress!.Settled;
        _ = before?.ReleaseBut(crew);
        await TakeOutput(crew, attempt);
        State.Gradients = GradientRecord.Worst([State.Gradients, .. await attempt.Unless(crew.Prepare(Job, facts, origin))]);
        await TrySave();
        State.Note(
            JobEventKind.Formed,
            null,
            $"generation {State.Generation}: {string.Join(", ", crew.Infos.Select(i => i.Name))} from step {origin.Step} on"
            + (origin.Checkpoint.Count > 0 ? ", from its checkpoint" : "")
            + string.Concat(State.Absent.Select(a => $"; without {a.Name}: {a.Why}")));
        _leaving.IntersectWith(cluster.CurrentSnapshot.Members.Values.Where(m => m.Status != SiloStatus.Dead).Select(m => m.SiloAddress));
        Formed();
        _arrivals = new Arrivals(crew, attempt.Wake, Look, Job, facts);
        Activity = "training";
        Spend(TimePart.Computing);
        var bytes = state * (Job.Model.Precision == Precision.Float64 ? sizeof(double) : sizeof(float));
        await attempt.Train(_progress, layout, bytes, origin.Step, () => Acknowledged, Wish, SaveNowAndThen);
        await Finish(attempt);
    }

    private Wish Wish() =>
        State.CancelAsked || State.PauseAsked || _ended ? Coordination.Wish.Stop
        : _crew!.Silos.Any(_leaving.Contains) || _arrivals!.AreReady(cluster.CurrentSnapshot, IsOut) ? Coordination.Wish.Reform
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
            if (!await Park(attempt, StillPausing))
            {
                return; // asked otherwise meanwhile: without a checkpoint what the members hold would be lost
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
            await Park(attempt, _ => false);
            _ended = true;
            Formed();
            DeactivateOnIdle();
        }
        else
        {
            if (_crew!.Silos.Any(_leaving.Contains))
            {
                Activity = "writing a checkpoint";
                Spend(TimePart.CheckpointStall);
                await attempt.Checkpoint(Acknowledged); // who leaves takes memory along that nobody else may have
            }

            Spend(TimePart.Rendezvous);

            State.Note(JobEventKind.Resized, null, $"the set of silos changes after step {_progress!.Committed}");
        }
    }

    private async Task Rest(long step)
    {
        Spend(TimePart.Idle);
        State.PauseAsked = false;
        State.State = JobState.Paused;
        State.Note(JobEventKind.Paused, null, $"paused after step {step}");
        _activity = ""; // whoever waits is told once it is stored
        await SaveForCertain();
    }

    private bool StillPausing(string failure)
    {
        Activity = $"pausing: the checkpoint of step {_progress!.Committed} could not be written, and is tried again: {failure}";
        return State.PauseAsked && !State.CancelAsked && !_ended;
    }

    // Whether all of the job is on disk.
    private async Task<bool> Park(Attempt attempt, Func<string, bool> again)
    {
        Activity = "writing a checkpoint";
        Spend(TimePart.CheckpointStall);
        await attempt.Checkpoint(() => Acknowledged, again);
        if (State.Checkpoints.LastOrDefault()?.Step != _progress!.Committed)
        {
            return false;
        }

        State.Parked = true;
        Remember(attempt);
        _progress.Settle(_progress.Committed);
        await SaveForCertain();
        return true;
    }

    // Records that members may forget: what was stored may be of steps that a checkpoint has gone back behind.
    private long Acknowledged => Math.Min(_keeper.Stored, _progress!.Settled.Committed);

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
