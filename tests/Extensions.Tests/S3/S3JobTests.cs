using System.Diagnostics;
using Granary.Contracts;
using Granary.Grains.Checkpoints;
using Granary.Silo.Storage.S3;
using Granary.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Extensions.Tests.S3;

/// <summary>A job whose checkpoints are on S3, while the server fails.</summary>
[Collection(S3StoreTests.InEnvironment)]
public sealed class S3JobTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
    private S3Server _server = null!;

    public async ValueTask InitializeAsync()
    {
        GatedJob.WriteData(_folder);
        _server = await S3Server.Start();
        Array.ForEach(_server.Variables, v => Environment.SetEnvironmentVariable(v.Name, v.Value));
    }

    public async ValueTask DisposeAsync()
    {
        Array.ForEach(_server.Variables, v => Environment.SetEnvironmentVariable(v.Name, null));
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    // The first events that are as they should be. A question is asked again where the silo that it was on its way to is just being killed.
    private static async Task<IReadOnlyList<JobEvent>> Until(ICoordinatorGrain coordinator, Func<IReadOnlyList<JobEvent>, bool> holds)
    {
        for (var since = Stopwatch.StartNew(); ;)
        {
            try
            {
                if (await coordinator.Events() is var events && holds(events))
                {
                    return events;
                }

                Assert.True(since.Elapsed < TimeSpan.FromMinutes(3), $"waited in vain: {string.Join(Environment.NewLine, events)}");
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                Assert.True(since.Elapsed < TimeSpan.FromMinutes(3), e.Message);
            }

            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    private Task<Cluster> Deploy(string name) => Cluster.Deploy(2, Path.Combine(_folder, name), silo =>
        silo.Services.AddSingleton<ICheckpointStore>(new S3CheckpointStore($"s3://{S3Server.Bucket}/{name}", TimeSpan.FromSeconds(5))));

    // A job for each way to fail, on one cluster.
    [Fact]
    public async Task A_job_goes_on_without_checkpoints_while_the_store_fails_and_says_so()
    {
        var job = GatedJob.Make(_folder, 100);
        var expected = await GatedJob.Undisturbed(_folder, job);
        await using var cluster = await Deploy("fails");
        foreach (var fault in new[] { S3Fault.Drop, S3Fault.Silence, S3Fault.InternalError, S3Fault.SlowDown, S3Fault.Full })
        {
            await cluster.HoldBack();
            var coordinator = await cluster.Submit(job);
            await Cluster.Until(coordinator, s => s.Durable > 0);
            _server.Fault = _ => fault;
            var without = await Until(coordinator, events => events.Any(e => e.Kind == JobEventKind.CheckpointFailed));
            Assert.Contains(without, e => e.Kind == JobEventKind.CheckpointFailed && e.Message.Contains("s3://granary/fails ", StringComparison.Ordinal));
            _server.Fault = _ => S3Fault.None;
            await cluster.LetGo();
            var status = await Cluster.End(coordinator);
            Assert.Equal((fault, expected.Result!.WeightsSha256), (fault, status.Result!.WeightsSha256));
            Assert.DoesNotContain(await coordinator.Events(), e => e.Kind is JobEventKind.CheckpointDamaged or JobEventKind.Rewound);
        }
    }

    // Nobody holds the weights but the store, which is down: the job waits for it, and takes no step again but those after its checkpoint.
    [Fact]
    public async Task A_job_that_must_go_back_to_a_store_that_is_down_waits_for_it()
    {
        var job = GatedJob.Make(_folder);
        var expected = await GatedJob.Undisturbed(_folder, job);
        await using var cluster = await Deploy("down");
        await cluster.HoldBack();
        var coordinator = await cluster.Submit(job);
        var running = await Cluster.Until(coordinator, s => s.Step >= 100);
        await coordinator.Pause();
        var paused = await Cluster.Until(coordinator, s => s.State != JobState.Running);
        Assert.Equal(JobState.Paused, paused.State);
        await cluster.LetGo();
        await cluster.Kill(running.Members[^1].Name);
        await _server.Down();
        await cluster.Resume(paused.JobId);
        await Until(coordinator, events => events.Count(e => e.Kind == JobEventKind.Trouble && e.Message.Contains("cannot be read now", StringComparison.Ordinal)) >= 3);
        var waiting = await Cluster.Until(coordinator, s => s.Activity.StartsWith("recovering: s3://granary/down", StringComparison.Ordinal));
        Assert.Equal(JobState.Running, waiting.State);
        await _server.Up();
        var status = await Cluster.End(coordinator);
        Assert.Equal(expected.Result!.WeightsSha256, status.Result!.WeightsSha256);
        Assert.Equal(600, status.Steps);
        var told = await coordinator.Events();
        Assert.DoesNotContain(told, e => e.Kind is JobEventKind.CheckpointDamaged);
        Assert.Contains(told, e => e.Kind == JobEventKind.Formed && e.Message.Contains("from its checkpoint", StringComparison.Ordinal));
        for (var since = Stopwatch.StartNew(); !_server.Objects.IsEmpty;)
        {
            Assert.True(since.Elapsed < TimeSpan.FromMinutes(1), "the ended job's checkpoints are still in the store");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
