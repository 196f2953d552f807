using Granary.Contracts;
using Granary.Grains.Checkpoints;
using Granary.Grains.Exchange;
using Granary.Grains.Goodput;
using Granary.Jobs;
using Granary.Model.Training;
using Orleans.Storage;

namespace Granary.Grains.Coordination;

/// <content>The life of a job: one generation after the other, until it has ended.</content>
internal sealed partial class CoordinatorGrain
{
    private void Live()
    {
        _sinceDurable.Restart(); // time in the queue and in a pause is not at risk
        _life = Run(_life);
        _ = FollowProgress(_life);
    }

    // Until the job ends one way or another: generations, one after the other.
    private async Task Run(Task before)
    {
        System.Diagnostics.Activity.Current = null; // the job's loop belongs neither to the call that started it nor to its trace

        // A job that is resumed while its previous loop still ends must not have two loops.
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        while (State.State == JobState.Running && !_ended)
        {
            try
            {
                await RunOrRecover();
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

    private async Task RunOrRecover()
    {
        try
        {
            await RunGeneration();
        }
        catch (Exception e) when (e is not InconsistentStateException)
        {
            await Recover(e);
        }
    }

    // Decides whether another generation is worth trying or the job has failed.
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

        Activity = "recovering: " + e.Message;
        State.Recoveries++;
        var since = State.Time.Until ?? _clock.Now;
        State.Time.Failed(RecoveryCause.Of(e), _clock.Now);
        NoteRecovery(since, RecoveryCause.Of(e), e.Message);
        Note(
            e is LostMemberException or CutOffException ? JobEventKind.SiloLost : JobEventKind.Trouble,
            (e as LostMemberException)?.Silo ?? (e as CutOffException)?.Aside[0].Silo,
            e.Message);
        if (e is DamagedCheckpointException && State.Checkpoints.Count > 0)
        {
            var damaged = _loadingStep ?? State.Checkpoints[^1].Step;
            Note(JobEventKind.CheckpointDamaged, null, $"the checkpoint of step {damaged} was put aside: {e.Message}");
            State.Checkpoints = [.. State.Checkpoints.Where(c => c.Step != damaged)];
        }

        _loadingStep = null;
        await Task.Delay(fate.Pause);
    }

    // The silos are left out from now on; the others continue.
    private void StandBy(WrongMembersException wrong)
    {
        foreach (var (member, message) in wrong.Members)
        {
            var name = _group!.Infos[member].Name;
            _wrong[_group.Silos[member]] = name;
            Note(JobEventKind.StandsBy, name, $"silo {name} stands by, and the others go on: {message.TrimEnd('.')}");
        }
    }

    private IReadOnlyList<string> Wrong => [.. cluster.CurrentSnapshot.Members.Values
        .Where(m => m.Status == SiloStatus.Active && _wrong.ContainsKey(m.SiloAddress)).Select(m => m.Name)];

    private bool IsOut(SiloAddress address) => _leaving.Contains(address) || _wrong.ContainsKey(address);

    private async Task RunGeneration()
    {
        Activity = "gathering silos";
        _formation?.Enter("rendezvous");
        var group = await Forming(() => Rendezvous(State.Generation + 1));
        Introduce(group);
        if (State.Generation == 0 && group.Count > 0 && group.Different is { } other)
        {
            throw new JobException($"{ExtensionRule.Difference(other, group.Infos[0])}, and submit the job again.");
        }

        if (group.Count == 0)
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

            Activity = group.WaitsFor
                ?? (group.Strangers.Count > 0 ? StrangerRule.WaitingFor(group.Strangers, State.Platform)
                : group.Different is null ? "waiting for silos"
                : $"waiting for silos with the checkpoint store {Store}, which the job's checkpoints are in");
            await Task.Delay(200);
            return;
        }

        State.Platform ??= group.Infos[0].Platform;
        State.CheckpointStore = group.Infos[0].CheckpointStore;
        State.Absent = AbsenceRule.Of(State.Submission!.Silos, group.Chosen(Job.Data.Shards, Wrong), Status);
        State.Generation++;
        State.Parked = false;
        _resumed = null;
        await SaveForCertain(); // a coordinator that has been replaced fails here, before it has sent anything
        var before = _group;
        _group = group;
        using var run = new GenerationRun(group, Job, State.Seconds, cluster, patience) { Noticed = (kind, name, message) => Note(kind, name, message), TraceBegun = _traces.Add, SinceCheckpoint = _sinceCheckpoint, HasCheckpoint = () => State.Checkpoints.Count > 0, IsDurable = IsDurable };
        _run = run;
        _noLonger = [.. State.Members.Select(m => m.Name).Except(group.Infos.Select(i => i.Name))];
        State.Members = [.. run.Members]; // whoever takes the job over must know them
        try
        {
            await StartGeneration(group, run, before);
        }
        catch (NonFiniteJobException e)
        {
            await Publish(run, JobState.Failed, await e.Explain(run, Job.Data.Shards));
        }
        finally
        {
            _arrivals = null;
            _run = null;
            Remember(run);
        }

        if (State.State != JobState.Running)
        {
            await ReleaseAll(); // including silos that have only preloaded
            Formed();
        }
    }

    private async Task<WorkerGroup> Look()
    {
        var next = await Rendezvous(State.Generation);
        Introduce(next);
        return next;
    }

    // Where the job's checkpoints are; an earlier build knew the directory alone.
    private string? Store => State.Checkpoints.Count == 0 ? null : State.CheckpointStore ?? DirectoryStore.StoreName;

    // Each silo of another platform, or with other extensions, is reported once.
    private void Introduce(WorkerGroup group)
    {
        _idle = [.. group.Idle, .. Wrong];
        if (State.Generation > 0 && group.Count > 0 && group.Different is { } odd && _strangers.Add($"{odd.Name} {odd.Codec} {odd.CheckpointStore}"))
        {
            Note(JobEventKind.StandsBy, odd.Name, $"{ExtensionRule.Difference(odd, group.Infos[0])}: until then it stands by");
        }

        foreach (var other in group.Strangers.Where(s => _strangers.Add(s.Name + s.Platform)))
        {
            Note(JobEventKind.StandsBy, other.Name, $"{StrangerRule.Difference(other, State.Platform ?? other.Platform)}: it stands by");
        }
    }

    // A name may have been used before: prefer the living silo, else the latest.
    private SiloStatus? Status(string name) => cluster.CurrentSnapshot.Members.Values.Where(m => m.Name == name)
        .OrderBy(m => m.Status == SiloStatus.Dead).ThenByDescending(m => m.SiloAddress.Generation).Select(m => (SiloStatus?)m.Status).FirstOrDefault();

    private Task<WorkerGroup> Rendezvous(long generation) => WorkerGroup.Rendezvous(
        new GenerationId(JobId, generation),
        cluster.CurrentSnapshot.Members.Values.Where(m => m.Status == SiloStatus.Active && !IsOut(m.SiloAddress)),
        Job.Data.Shards,
        State.Platform,
        Store,
        _retries.Aside(Committed),
        workers,
        patience);

    private async Task StartGeneration(WorkerGroup group, GenerationRun run, WorkerGroup? before)
    {
        var held = await run.Unless(Forming(() => group.Join(_progress?.Committed ?? State.Progress?.Committed ?? 0)));
        Activity = State.Facts is null ? "reading data" : "forming";
        var forming = State.Time.Present;
        Spend(State.Facts is null ? TimePart.ReadingData : forming);
        _formation?.Enter(State.Facts is null ? "read data" : "restore");
        var facts = State.Facts ??= await run.Unless(Forming(() => Gather(group)));
        Spend(forming);
        _formation?.Enter("restore");
        if (State.Submission!.Continue is { } earlier && State.Progress is null)
        {
            await TakeUp(earlier, facts, run);
        }
        else if (State.Checkpoints.Exists(EarlierCheckpoints.IsInRun))
        {
            State.Checkpoints = await Task.Run(() => EarlierCheckpoints.TakeOverRest(checkpoints, JobId, State.Submission.Continue!, State.Checkpoints));
        }

        var shape = ModelShape.Of(Job.Model, facts.Shape);
        var layout = new ExchangeLayout(BlockPlan.Of(Job, shape), new ShardPlan(Job.Data.Shards, group.Count));
        var state = OptimizerCatalogue.Create(Job.Training.Optimizer).State.Count;
        var restore = ChooseSource(RestorePlan.Make([.. held.Select(h => h.Versions)], layout, state > 0), held, facts);
        State.Progress = _progress!.Settled;
        _keeper.Rewind();
        _ = before?.ReleaseBut(group);
        await TakeOutput(group, run);
        State.Gradients = GradientRecord.Worst([State.Gradients, .. await run.Unless(Forming(() => group.Prepare(Job, facts, restore, new EventPlace(Output, State.Submission.Continue))))]);
        await TrySave();
        Note(
            JobEventKind.Formed,
            null,
            $"generation {State.Generation}: {string.Join(", ", group.Infos.Select(i => i.Name))} from step {restore.Step} on"
            + (restore.Checkpoint.Count > 0 ? ", from its checkpoint" : "")
            + string.Concat(State.Absent.Select(a => $"; without {a.Name}: {a.Why}"))
            + (_noLonger.Count > 0 ? $"; no longer there: {string.Join(", ", _noLonger)}" : ""));
        _leaving.IntersectWith(cluster.CurrentSnapshot.Members.Values.Where(m => m.Status != SiloStatus.Dead).Select(m => m.SiloAddress));
        Formed();
        _arrivals = new Arrivals(group, run.Wake, Look, aside => _retries.LeaveOut(aside.Where(a => a.From.Append(a.Silo).All(s => Status(s) == SiloStatus.Active))), Job, facts);
        Activity = "training";
        Spend(TimePart.Computing);
        _formation?.Enter("first step");
        var bytes = state * (Job.Model.Precision == Precision.Float64 ? sizeof(double) : sizeof(float));
        await run.Train(_progress, layout, bytes, restore.Step, () => Acknowledged, CurrentDirective, SaveNowAndThen);
        await Finish(run);
    }

    private Directive CurrentDirective() =>
        State.CancelAsked || State.PauseAsked || _ended ? Directive.Stop
        : _group!.Silos.Any(_leaving.Contains) || _arrivals!.AreReady(cluster.CurrentSnapshot, _retries.Aside(Committed), IsOut) ? Directive.Reform
        : Directive.Train;

    // Records that workers may forget.
    private long Acknowledged => _keeper.Stored;

    private void Remember(GenerationRun run)
    {
        State.Seconds = run.Seconds;
        State.Members = [.. run.Members];
    }
}
