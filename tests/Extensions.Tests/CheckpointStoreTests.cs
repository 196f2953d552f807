using System.Diagnostics;
using Granary.Contracts;
using Granary.Extensions.Tests.Stores;
using Granary.Grains;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Extensions.Tests;

/// <summary>A checkpoint store from outside, in the place of the directory.</summary>
public sealed class CheckpointStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public CheckpointStoreTests() => GatedJob.WriteData(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_job_whose_silo_is_killed_goes_on_from_the_parts_in_the_store()
    {
        var job = GatedJob.Make(_folder);
        var expected = await GatedJob.Undisturbed(_folder, job);
        var (bucket, folder) = (new Bucket(), Path.Combine(_folder, "memory"));
        await using var cluster = await Cluster.Deploy(2, folder, silo =>
        {
            silo.Services.AddSingleton(bucket);
            silo.AddCheckpointStore<MemoryCheckpoints>();
        });
        await cluster.HoldBack();
        var coordinator = await cluster.Submit(job);
        var running = await Cluster.Until(coordinator, s => s.Step >= 100);
        await coordinator.Pause();
        var paused = await Cluster.Until(coordinator, s => s.State != JobState.Running);
        Assert.Equal(JobState.Paused, paused.State);
        await cluster.LetGo();
        var whole = bucket.Parts.Keys.Where(p => p.Checkpoint.Step == paused.Step).ToArray();
        Assert.Equal(2, whole.Length); // each silo's own

        // Paused workers hold nothing: what the dead silo has written is found in the store alone.
        bucket.Opened.Clear();
        await cluster.Kill(running.Members[^1].Name);
        await cluster.Resume(paused.JobId);
        var status = await Cluster.End(coordinator);
        Assert.Equal(expected.Result!.WeightsSha256, status.Result!.WeightsSha256);
        Assert.Equal(600, status.Steps);
        Assert.Subset(bucket.Opened.ToHashSet(), whole.ToHashSet());

        // Nothing went past the store, what --continue needs came out of it, and nothing is left there.
        Assert.False(Directory.Exists(Path.Combine(folder, "checkpoints")));
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(status.Result.Output, "state"), "*.bin"));
        for (var since = Stopwatch.StartNew(); !bucket.Parts.IsEmpty;)
        {
            Assert.True(since.Elapsed < TimeSpan.FromMinutes(1), "the ended job's checkpoints are still in the store");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    // A store may hang for as long as it likes: what it was writing is given up, and removed once it has answered.
    [Fact]
    public async Task A_generation_does_not_wait_for_a_store_that_is_still_writing_for_the_one_before()
    {
        var job = GatedJob.Make(_folder);
        var expected = await GatedJob.Undisturbed(_folder, job);
        var (bucket, gate) = (new Bucket(), new Gate());
        await using var cluster = await Cluster.Deploy(3, Path.Combine(_folder, "held"), silo =>
        {
            silo.Services.AddSingleton(bucket).AddSingleton(gate);
            silo.AddCheckpointStore<HeldCheckpoints>();
        });
        await cluster.HoldBack();
        var coordinator = await cluster.Submit(job);
        var running = await Cluster.Until(coordinator, s => gate.IsWaitedFor && s.Members.Count == 3);
        gate.Killed = running.Members[^1].Name;
        await cluster.Kill(gate.Killed);
        await cluster.LetGo();
        var status = await Cluster.End(coordinator);
        Assert.True(status.Recoveries > 0);
        Assert.Equal(expected.Result!.WeightsSha256, status.Result!.WeightsSha256);
        gate.Open.Set();
        for (var since = Stopwatch.StartNew(); !bucket.Parts.IsEmpty;)
        {
            Assert.True(since.Elapsed < TimeSpan.FromMinutes(1), $"still in the store: {string.Join(", ", bucket.Parts.Keys)}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
