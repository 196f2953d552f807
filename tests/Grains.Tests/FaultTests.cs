using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Tests;

/// <summary>Fault plans on test clusters, and two coordinators of one job at once: the weights are those of an undisturbed run.</summary>
public sealed class FaultTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // 67,843 weights in five blocks, the last a short one: slices, backups of Adam's state, checkpoints and transfers all have a part.
    private Job Job(int epochs)
    {
        var path = Path.Combine(_folder, "blobs.csv");
        var random = new Random(7);
        File.WriteAllText(path, "x,y,label\n" + string.Concat(Enumerable.Range(0, 200).Select(i => FormattableString.Invariant(
            $"{random.NextDouble() + (i % 3 * 2)},{random.NextDouble() - (i % 3 % 2)},c{i % 3}\n"))));
        return new Job(
            1,
            "blobs",
            new ModelSection { Kind = "mlp", Hidden = [256, 256] },
            new DataSection { Format = "csv", Path = path, Label = "label", Standardize = true, Shards = 6 },
            new TrainingSection
            {
                Epochs = epochs,
                Batch = 20,
                Optimizer = new() { Kind = OptimizerKind.Adam, LearningRate = 0.001 },
                Checkpoint = new() { Seconds = 0, Steps = 50 },
            });
    }

    private static readonly Func<JobStatus, bool> HasEnded = s => s.State is JobState.Completed or JobState.Failed;

    private async Task<string> Undisturbed(Job job)
    {
        await using var cluster = await GranaryCluster.Deploy(1, _folder);
        return (await cluster.Run(job)).Result!.WeightsSha256;
    }

    [Fact]
    public async Task A_plan_of_faults_does_not_show_in_the_weights()
    {
        var job = Job(epochs: 75);
        var expected = await Undisturbed(job);
        var plan = FaultPlanFile.Parse(
            """
            version: 1
            seed: 3
            faults:
              - { step: 50, slow: any, factor: 3, for: 0.5 }
              - { step: 160, fail-storage: all, for: 600 } # until a generation is formed for the damage after it and the failure is noted
              - { step: 150, full-disk: all, for: 600 }
              - { step: 200, corrupt: any }
              - { step: 300, delay: any, milliseconds: 2, megabytesPerSecond: 50, for: 0.5 }
              - { step: 400, drop: any, for: 0.3 }
              - { step: 500, corrupt: coordinator }
              - { step: 600, kill: others }
            """,
            "plan.yaml");
        await using var cluster = await GranaryCluster.Deploy(3, _folder);
        await cluster.HoldBack(milliseconds: 2);
        var coordinator = await cluster.Submit(job);
        var ground = new TestGround(cluster, coordinator);
        var done = new List<FaultDone>();
        var mended = MendStorage(cluster, coordinator);
        await new FaultRunner(plan, ground, TimeProvider.System, done.Add).Run(TestContext.Current.CancellationToken);
        var status = await GranaryCluster.Until(coordinator, HasEnded);
        await mended;
        Assert.True(status.State == JobState.Completed, status.Failure);
        Assert.Equal(8, done.Count);
        Assert.Equal(expected, status.Result!.WeightsSha256);
        Assert.True(status.Recoveries >= 2, $"{status.Recoveries} recoveries");
        var events = await coordinator.Events();
        Assert.Contains(events, e => e.Message.Contains("a chunk arrived damaged", StringComparison.Ordinal));
        Assert.Contains(events, e => e.Kind == JobEventKind.CheckpointFailed && e.Message.Contains("no space left on device", StringComparison.Ordinal));
        Assert.Contains(events, e => e.Kind == JobEventKind.StorageFailed && e.Message.EndsWith("(injected fault)", StringComparison.Ordinal));
        var ledger = (await coordinator.Ledger())!;
        Assert.Equal(75 * 200, ledger.Epochs.Sum(e => e.Examples.Sum() * (e.EndEpoch - e.FirstEpoch)));
    }

    // Ends the failure of the storage as soon as the job has met it, or ended.
    private static async Task MendStorage(GranaryCluster cluster, ICoordinatorGrain job)
    {
        await GranaryCluster.Until(job, s => HasEnded(s) || s.Activity.EndsWith("(injected fault)", StringComparison.Ordinal)); // as it is noted
        await cluster.End(FaultKind.FailStorage);
    }

    [Fact]
    public async Task A_store_that_is_back_is_noted_although_the_coordinator_is_lost_just_then()
    {
        var storage = new SharedStorage();
        var answers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var first = await GranaryCluster.Deploy(1, _folder, id: "first", storage: storage);
        await using var second = await GranaryCluster.Deploy(1, _folder, id: "second", storage: storage);
        await first.HoldBack(milliseconds: 2);
        var lost = await first.Submit(Job(epochs: 100));
        await GranaryCluster.Until(lost, s => s.Step >= 10);
        storage.Fail(first: 0, count: 1);
        storage.HoldNextAnswer(answers.Task); // stored, and nothing after it: that coordinator is as good as lost
        await storage.AnswerHeld;
        var successor = second.Client.GetGrain<ICoordinatorGrain>(lost.GetPrimaryKeyString());
        await successor.Status(0);
        var events = await successor.Events();
        answers.SetResult();
        Assert.Equal(
            [JobEventKind.StorageFailed, JobEventKind.StorageBack],
            events.Select(e => e.Kind).Where(k => k is JobEventKind.StorageFailed or JobEventKind.StorageBack));
        await successor.Cancel();
    }

    // Two clusters over one storage: each makes its own activation of the coordinator, as Orleans may do for a moment.
    [Fact]
    public async Task Of_two_coordinators_only_the_newer_one_acts()
    {
        var job = Job(epochs: 100);
        var expected = await Undisturbed(job);
        var storage = new SharedStorage();
        await using var first = await GranaryCluster.Deploy(2, _folder, id: "first", storage: storage);
        await using var second = await GranaryCluster.Deploy(2, _folder, id: "second", storage: storage);
        await first.HoldBack(milliseconds: 2);
        var older = await first.Submit(job);
        await GranaryCluster.Until(older, s => s.Step >= 100);

        // Asked for anything, an activation that finds its job running takes it over under a generation of its own.
        var newer = second.Client.GetGrain<ICoordinatorGrain>(older.GetPrimaryKeyString());
        var generation = (await older.Status(0))!.Generation;
        var since = System.Diagnostics.Stopwatch.StartNew();
        await GranaryCluster.Until(newer, s => s.Generation > generation);
        await first.LetGo();
        var status = await GranaryCluster.Until(newer, HasEnded);
        Assert.True(status.State == JobState.Completed, status.Failure);
        Assert.Equal(expected, status.Result!.WeightsSha256);

        // The older one could write nothing after that: it has stopped, and what it finds on waking is the end.
        var seen = await GranaryCluster.Until(older, HasEnded);
        Assert.Equal(status.Generation, seen.Generation);
        Assert.Equal(status.Result.WeightsSha256, seen.Result!.WeightsSha256);
        Assert.True(storage.Refused > 0); // its next write

        // Nor did its workers, whose generation is over, have it take the job back. A reminder may, once a minute.
        var taken = (await newer.Events()).Count(e => e.Message.EndsWith("another took the job over", StringComparison.Ordinal));
        Assert.True(taken <= 1 + (2 * (int)since.Elapsed.TotalMinutes), $"the job was taken over {taken} times in {since.Elapsed}");
    }

    // Whatever is tried while the storage fails, and whichever of its writes that is: nothing is lost, nothing waits for ever.
    [Fact]
    public async Task A_storage_that_fails_around_a_submission_a_pause_and_an_end_loses_no_job()
    {
        var storage = new SharedStorage();
        await using var cluster = await GranaryCluster.Deploy(1, _folder, storage: storage);
        var job = Job(epochs: 2);
        for (var write = 0; write < 10; write++)
        {
            var failed = storage.Failed;
            storage.Fail(write, count: 2);
            var coordinator = await cluster.Submit(job);
            await GranaryCluster.Persistently(() => Then(coordinator.Pause()));
            await GranaryCluster.Until(coordinator, s => s.State is JobState.Paused or JobState.Completed or JobState.Failed);
            await GranaryCluster.Persistently(() => cluster.Client.GetGrain<ICatalogueGrain>(0).Resume(coordinator.GetPrimaryKeyString()));
            var status = await GranaryCluster.Until(coordinator, HasEnded);
            Assert.True(status.State == JobState.Completed, status.Failure);
            Assert.True(write > 5 || storage.Failed > failed, $"no write after the first {write} was one of this job's");
        }

        Assert.All(await cluster.Client.GetGrain<ICatalogueGrain>(0).List(), j => Assert.Equal(JobState.Completed, j.State));
    }

    [Fact]
    public async Task A_pause_waits_for_room_on_a_full_disk_instead_of_losing_what_the_silos_hold()
    {
        await using var cluster = await GranaryCluster.Deploy(2, _folder);
        var coordinator = await cluster.Submit(Job(epochs: 100_000));
        await GranaryCluster.Until(coordinator, s => s.Step >= 20);
        var silos = (await GranaryCluster.Until(coordinator, _ => true)).Members.Select(m => m.Name).ToArray();
        await Task.WhenAll(silos.Select(s => cluster.InjectFault(s, new Fault(FaultKind.FullDisk, Seconds: 600))));
        await coordinator.Pause();
        var waiting = await GranaryCluster.Until(coordinator, s => s.Activity.StartsWith("pausing: the checkpoint of step", StringComparison.Ordinal) || HasEnded(s));
        Assert.Equal(JobState.Running, waiting.State);
        Assert.Contains("no space left on device", waiting.Activity, StringComparison.Ordinal);
        await Task.WhenAll(silos.Select(s => cluster.Client.GetGrain<IClusterGrain>(0).ClearFault(s, FaultKind.FullDisk)));
        var paused = await GranaryCluster.Until(coordinator, s => s.State != JobState.Running);
        Assert.Equal((JobState.Paused, waiting.Step), (paused.State, paused.Step));
        Assert.Equal(paused.Step, paused.Durable);
        await coordinator.Cancel();
    }

    private static async Task<bool> Then(Task task)
    {
        await task;
        return true;
    }

    private sealed class TestGround(GranaryCluster cluster, ICoordinatorGrain job) : IFaultGround
    {
        public async Task<FaultView> Look(CancellationToken cancellation)
        {
            var status = await GranaryCluster.Until(job, _ => true);
            return new FaultView(
                status.Members.ToDictionary(m => m.Name, _ => 0L), status.Coordinator, status.Step, status.Resumed is not null, status.State is JobState.Completed or JobState.Failed);
        }

        public async Task<IReadOnlyDictionary<string, long>> Begin(Fault fault, IReadOnlyDictionary<string, long> silos, CancellationToken cancellation)
        {
            foreach (var silo in silos.Keys)
            {
                if (fault.IsWithin)
                {
                    await cluster.InjectFault(silo, fault);
                }
                else
                {
                    await cluster.Kill(silo);
                }
            }

            return silos;
        }

        public Task End(Fault fault, IReadOnlyDictionary<string, long> silos) => Task.CompletedTask;
    }
}
