using System.Diagnostics;
using System.Net;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <summary>The workers of one generation, and calls to all of them.</summary>
/// <param name="generation">Job and generation.</param>
/// <param name="silos">Their silos, in member order.</param>
/// <param name="infos">What each said of itself.</param>
/// <param name="workers">Their workers.</param>
/// <param name="calls">Makes calls that may take long.</param>
internal sealed partial class WorkerGroup(
    GenerationId generation, IReadOnlyList<SiloAddress> silos, IReadOnlyList<SiloInfo> infos, IReadOnlyList<IWorker> workers, LongCalls calls)
{
    // A silo ends a step, an evaluation or the writing of a model first. Where that takes longer others go on without it, and without what it alone holds.
    private static readonly TimeSpan JoinTime = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan ReleaseTime = TimeSpan.FromSeconds(1); // the call is made in any case, but not awaited for longer

    private IReadOnlyCollection<string> _silent = [];
    private IReadOnlyDictionary<string, string> _aside = new Dictionary<string, string>();
    private IReadOnlyCollection<string> _leaving = [];
    private readonly long?[] _unanswered = new long?[workers.Count]; // since when each has not answered
    private TimeSpan _answerTime;

    public GenerationId Generation { get; } = generation;

    public int Count => workers.Count;

    public IReadOnlyList<SiloAddress> Silos { get; } = silos;

    public IReadOnlyList<SiloInfo> Infos { get; } = infos;

    /// <summary>What is known of those that take part and those that do not.</summary>
    /// <param name="shards">Shards of the job.</param>
    /// <param name="wrong">Names of those whose gradients are wrong.</param>
    public AbsenceRule.Chosen Chosen(int shards, IReadOnlyCollection<string> wrong) => new(
        [.. Infos.Select(i => i.Name)], _silent, _leaving, Idle, [.. Strangers.Select(s => s.Name)], shards, _answerTime, wrong, _aside);

    /// <summary>Silos that could take part, but for which there is no shard, or which stand by.</summary>
    public IReadOnlyList<string> Idle { get; private init; } = [];

    /// <summary>Silos whose platform differs from the job's, or whose protocol from this build's.</summary>
    public IReadOnlyList<SiloInfo> Strangers { get; private init; } = [];

    /// <summary>A silo whose wire codec or checkpoint store is not that of the others; null: none.</summary>
    public SiloInfo? Different { get; private init; }

    /// <summary>Why nobody takes part although there are silos enough; null: it is not so.</summary>
    public string? WaitsFor { get; private init; }

    /// <summary>All silos that were chosen from.</summary>
    public IReadOnlyList<SiloAddress> Answered { get; private init; } = [];

    /// <summary>Silos that could take part, and are left out for a while.</summary>
    public IReadOnlyList<SiloAddress> Aside { get; private init; } = [];

    /// <summary>Has every worker join this generation and leave older ones; returns what each holds, by rank.</summary>
    /// <exception cref="LostMemberException">One is still busy with an older one.</exception>
    public Task<HeldState[]> Join(long recordsFrom) => AllLong(async (worker, i) =>
    {
        var joined = worker.Join(Generation, recordsFrom);
        try
        {
            return await joined.WaitAsync(JoinTime);
        }
        catch (TimeoutException) when (!joined.IsCompleted)
        {
            throw new LostMemberException(Infos[i].Name, $"silo {Infos[i].Name} has not ended what it does for the generation before within {JoinTime.TotalMinutes:0} minutes", isGone: false);
        }
    });

    /// <summary>Every shard's survey, in shard order.</summary>
    public async Task<IReadOnlyList<ShardSurvey>> Survey(Job job)
    {
        var found = await AllLong((worker, i) => worker.Survey(Place(job, i)));
        return [.. found.SelectMany(f => f).OrderBy(f => f.Shard)];
    }

    /// <summary>What every shard finds out about its training part, in shard order.</summary>
    public async Task<IReadOnlyList<TrainingStatistics>> Statistics(Job job, DataFacts facts) =>
        [.. (await AllLong((worker, i) => worker.Statistics(Place(job, i), facts))).SelectMany(m => m)];

    /// <summary>Has the members-to-be read their shards ahead.</summary>
    /// <param name="job">The job.</param>
    /// <param name="facts">What its shards agreed on.</param>
    /// <param name="present">Silos that have theirs.</param>
    /// <exception cref="CutOffException">Some do not reach all others.</exception>
    public async Task Preload(Job job, DataFacts facts, IReadOnlyList<SiloAddress> present)
    {
        Task[] asked = [.. workers.Select((worker, i) => present.Contains(Silos[i]) ? Task.CompletedTask : Long(i, () => worker.Preload(Place(job, i), facts)))];
        try
        {
            await LongCalls.All(asked);
        }
        catch (LostPeerException)
        {
            MustReachEachOther(asked, name => Infos.Select((info, i) => (info.Name, Silos[i])).Any(m => m.Name == name && !present.Contains(m.Item2)));
            throw;
        }
    }

    // What several tell is put together: of two that do not reach each other, which it is that stands aside must not hang on who is heard first.
    private void MustReachEachOther(IReadOnlyList<Task> asked, Func<string, bool> may)
    {
        var told = asked.Select((task, i) => (By: Infos[i].Name, Lost: task.Exception?.InnerException as LostPeerException)).Where(t => t.Lost is not null).ToArray();
        var aside = CutRule.Choose(told.SelectMany(t => t.Lost!.Silos.Select(other => (t.By, other))), may);
        if (aside.Count > 0)
        {
            throw new CutOffException([.. aside.Select(a => a with
            {
                Cause = told.SelectMany(t => t.Lost!.Causes.Where((_, i) => t.By == a.Silo ? a.From.Contains(t.Lost.Silos[i]) : t.Lost.Silos[i] == a.Silo)).FirstOrDefault(c => c is not null),
            })]);
        }
    }

    /// <summary>Prepares every worker for the first step; returns the results of their gradient checks, by rank.</summary>
    /// <param name="job">The job.</param>
    /// <param name="facts">What its shards agreed on.</param>
    /// <param name="restore">Where the version to start from comes from.</param>
    /// <param name="events">Where the first member writes the job's TensorBoard file.</param>
    /// <exception cref="WrongMembersException">Some are wrong.</exception>
    /// <exception cref="CutOffException">Some do not reach each other.</exception>
    public async Task<GradientRecord?[]> Prepare(Job job, DataFacts facts, RestoreSource restore, EventPlace events)
    {
        Task<GradientRecord?>[] asked = [.. workers.Select((worker, i) => Long(i, () => worker.Prepare(Place(job, i) with { Events = i == 0 ? events : null }, facts, restore)))];
        try
        {
            await LongCalls.All(asked);
            return await Task.WhenAll(asked);
        }
        catch (Exception e) when (e is WrongGradientException or OrleansException or TimeoutException or LostPeerException)
        {
            (int Member, string Message)[] wrong = [.. asked.Select((task, i) => (Member: i, Wrong: task.Exception?.InnerException as WrongGradientException))
                .Where(m => m.Wrong is not null).Select(m => (m.Member, m.Wrong!.Message))];
            if (wrong.Length == 0)
            {
                MustReachEachOther(asked, _ => true);
                throw;
            }

            throw new WrongMembersException(wrong, wrong.Length < Count || Idle.Count > Strangers.Count);
        }
    }

    private Assignment Place(Job job, int member) => new(
        Generation, job, member, [.. Infos.Select((info, i) => new Member(info.Name, Silos[i], IPEndPoint.Parse(info.Channel)))]);

    /// <summary>Allows steps.</summary>
    public Task Grant(StepGrant grant) => All((worker, _) => worker.Grant(Generation, grant));

    /// <summary>What every worker is doing.</summary>
    public Task<WorkerStanding>[] Stand() => [.. workers.Select(w => w.Stand(Generation))];

    /// <summary>What every rank is doing, also while the generation is still being formed.</summary>
    /// <param name="answerTime">How long each is waited for.</param>
    public async Task<IReadOnlyList<RankActivity>> Ranks(TimeSpan answerTime) => await Task.WhenAll(workers.Select((_, rank) => Ask(rank, answerTime)));

    private async Task<RankActivity> Ask(int rank, TimeSpan answerTime)
    {
        var asked = Stopwatch.GetTimestamp();
        try
        {
            var standing = await workers[rank].Stand(Generation).WaitAsync(answerTime);
            _unanswered[rank] = null;
            var activity = standing is { Activity: WorkerActivity.Joining, Calls: 0, Waiting: false, Seconds: > 0 } ? WorkerActivity.AwaitingGrant : standing.Activity; // it has joined, and others have not
            return new RankActivity(rank, Infos[rank].Name, activity, standing.Seconds, [.. standing.WaitingFor.Select(w => Infos[w].Name)], standing.Shards);
        }
        catch (StaleGenerationException)
        {
            return new RankActivity(rank, Infos[rank].Name, WorkerActivity.Joining, 0, [], []); // it has not heard of this generation yet
        }
        catch (Exception e) when (e is OrleansException or TimeoutException or OperationCanceledException or ObjectDisposedException)
        {
            var since = _unanswered[rank] ??= asked;
            return new RankActivity(rank, Infos[rank].Name, WorkerActivity.NotAnswering, Stopwatch.GetElapsedTime(since).TotalSeconds, [], []);
        }
    }

    /// <summary>Stops every worker.</summary>
    public Task Halt() => All((worker, _) => worker.Halt(Generation));

    /// <summary>Hashes of every worker's weights.</summary>
    public async Task<IReadOnlyList<SavedWeights>> HashWeights(long step) => await AllLong((worker, _) => worker.HashWeights(Generation, step));

    /// <summary>Has every worker load an older version, to be hashed and published.</summary>
    public Task LoadCheckpoint(RestoreSource checkpoint) => LongCalls.All([.. workers.Select((worker, i) => Long(i, () => worker.LoadCheckpoint(Generation, checkpoint)))]);

    /// <summary>What the weights that are to be published make of every shard's held-out examples.</summary>
    public async Task<IReadOnlyList<HeldOutClasses>> HeldOut() => [.. (await AllLong((worker, _) => worker.HeldOut(Generation))).SelectMany(s => s)];

    /// <summary>Has the first member take the job's output directory.</summary>
    public Task TakeOutput(string output, bool overwrite, string? continues) => Long(0, () => workers[0].TakeOutput(Generation, output, overwrite, continues));

    /// <summary>Has the first member give the job's output directory up. Where that member does not answer, the directory stays marked as the job's.</summary>
    public async Task GiveBackOutput(string output) => await workers[0].GiveBackOutput(Generation, output).WaitAsync(ReleaseTime)
        .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

    /// <summary>Has the first member append points to the job's TensorBoard file. Returns why it could not; null: it has.</summary>
    public Task<string?> RecordPoints(IReadOnlyList<MetricPoint> points) => workers[0].RecordPoints(Generation, points);

    /// <summary>Has the first member write the model and its artifacts. Returns why it could not; null: it has.</summary>
    public Task<string?> Publish(Publication publication) => Long(0, () => workers[0].Publish(Generation, publication));

    /// <summary>The lowest shard whose gradient is not finite again; the silo, if any, whose gradients were not finite and now are.</summary>
    public async Task<(int? Shard, string? Unreliable)> FindNonFinite()
    {
        var found = await AllLong((worker, _) => worker.FindNonFinite(Generation));
        return (found.Min(f => f.Shard), Array.FindIndex(found, f => f.Differs) is >= 0 and var i ? Infos[i].Name : null);
    }

    /// <summary>Releases the job on every worker; ignores those that are gone.</summary>
    public async Task Release()
    {
        await Task.WhenAll(workers.Select(Release));
    }

    /// <summary>Releases the job on the workers that are not in the next group.</summary>
    public Task ReleaseBut(WorkerGroup next) => Task.WhenAll(workers.Where((_, i) => !next.Silos.Contains(Silos[i])).Select(Release));

    private Task Release(IWorker worker) => Release(worker, Generation);

    /// <summary>Releases the job on a silo; ignores one that is gone.</summary>
    public static async Task Release(IWorker worker, GenerationId generation)
    {
        try
        {
            await worker.Release(generation).WaitAsync(ReleaseTime);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException or StaleGenerationException)
        {
            // Its silo is gone, and what it knew of the job with it.
        }
    }

    private async Task<T[]> AllLong<T>(Func<IWorker, int, Task<T>> ask)
    {
        Task<T>[] asked = [.. workers.Select((worker, i) => Long(i, () => ask(worker, i)))];
        await LongCalls.All(asked);
        return await Task.WhenAll(asked);
    }

    /// <summary>The generation is over: nobody waits for what its long calls still do.</summary>
    public void Abandon() => calls.Abandon();

    private Task<T> Long<T>(int member, Func<Task<T>> ask) => calls.Make(Infos[member].Name, ask, () => workers[member].Stand(Generation));

    private Task Long(int member, Func<Task> ask) => calls.Make(Infos[member].Name, ask, () => workers[member].Stand(Generation));

    private Task All(Func<IWorker, int, Task> ask) => Task.WhenAll(workers.Select(ask));
}
