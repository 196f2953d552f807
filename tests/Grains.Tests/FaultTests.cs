using System.Collections.Concurrent;
using System.Net;
using Granary.Contracts;
using Granary.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;
using Orleans.TestingHost;

namespace Granary.Grains.Tests;

/// <summary>Fault plans on test clusters, and two coordinators of one job at once: the weights are those of an undisturbed run.</summary>
public sealed class FaultTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // 25,000 weights in two blocks: slices, backups of Adam's state and transfers all have a part.
    private Job Job(int epochs)
    {
        var path = Path.Combine(_folder, "blobs.csv");
        var random = new Random(7);
        File.WriteAllText(path, "x,y,label\n" + string.Concat(Enumerable.Range(0, 200).Select(i => FormattableString.Invariant(
            $"{random.NextDouble() + (i % 3 * 2)},{random.NextDouble() - (i % 3 % 2)},c{i % 3}\n"))));
        return new Job(
            1,
            "blobs",
            new ModelSection { Kind = ModelKind.Mlp, Hidden = [150, 150] },
            new DataSection { Format = DataFormat.Csv, Path = path, Label = "label", Standardize = true, Shards = 6 },
            new TrainingSection
            {
                Epochs = epochs,
                Batch = 20,
                Optimizer = new() { Kind = OptimizerKind.Adam, LearningRate = 0.001 },
                Checkpoint = new() { Seconds = 0, Steps = 50 },
            });
    }

    private InProcessTestCluster Cluster(int silos, string id = "test", SharedStorage? storage = null)
    {
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.Options.ClusterId = id;
        builder.Options.ServiceId = "granary";
        builder.ConfigureSilo((options, silo) =>
        {
            if (storage is null)
            {
                silo.AddMemoryGrainStorageAsDefault();
            }
            else
            {
                silo.Services.AddSingleton(s => storage.With(s.GetRequiredService<IGrainStorageSerializer>()));
            }

            silo.UseInMemoryReminderService();
            silo.AddGranary(new SiloIdentity(options.SiloName, id, 1, "cpu", new IPEndPoint(IPAddress.Loopback, 0), _folder, Path.Combine(_folder, "checkpoints"))
            {
                AllowsFaults = true,
            });
        });
        builder.ConfigureClient(client => client.Services.AddGranarySerialization());
        return builder.Build();
    }

    private static async Task<JobStatus> End(InProcessTestCluster cluster, string job)
    {
        while (true)
        {
            var status = await Status(cluster, job);
            if (status.State is JobState.Completed or JobState.Failed)
            {
                return status;
            }

            await Task.Delay(10); // not at full speed: the job needs these processors
        }
    }

    // Asked again where the silo that was asked, or the one on the way, is just being killed.
    private static async Task<JobStatus> Status(InProcessTestCluster cluster, string job)
    {
        while (true)
        {
            try
            {
                return (await cluster.Client.GetGrain<ICoordinatorGrain>(job).Status(0))!;
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                await Task.Delay(10);
            }
        }
    }

    private async Task<string> Undisturbed(Job job)
    {
        await using var cluster = Cluster(1);
        await cluster.DeployAsync();
        var id = await cluster.Client.GetGrain<ICatalogueGrain>(0).Submit(new Submission(job, null));
        return (await End(cluster, id)).Result!.WeightsSha256;
    }

    [Fact]
    public async Task A_plan_of_faults_does_not_show_in_the_weights()
    {
        var job = Job(epochs: 100);
        var expected = await Undisturbed(job);
        var plan = FaultPlanFile.Parse(
            """
            version: 1
            seed: 3
            faults:
              - { step: 50, slow: any, factor: 3, for: 0.5 }
              - { step: 100, fail-storage: all, for: 4 }
              - { step: 150, full-disk: all, for: 600 }
              - { step: 200, corrupt: any }
              - { step: 300, delay: any, milliseconds: 2, megabytesPerSecond: 50, for: 0.5 }
              - { step: 400, drop: any, for: 0.3 }
              - { step: 500, corrupt: coordinator }
              - { step: 600, kill: others }
            """,
            "plan.yaml");
        await using var cluster = Cluster(3);
        await cluster.DeployAsync();
        var id = await cluster.Client.GetGrain<ICatalogueGrain>(0).Submit(new Submission(job, null));
        var ground = new TestGround(cluster, id);
        var done = new List<FaultDone>();
        await new FaultRunner(plan, ground, TimeProvider.System, done.Add).Run(TestContext.Current.CancellationToken);
        var status = await End(cluster, id);
        Assert.True(status.State == JobState.Completed, status.Failure);
        Assert.Equal(8, done.Count);
        Assert.Equal(expected, status.Result!.WeightsSha256);
        Assert.True(status.Recoveries >= 2, $"{status.Recoveries} recoveries");
        var events = await cluster.Client.GetGrain<ICoordinatorGrain>(id).Events();
        Assert.Contains(events, e => e.Message.Contains("a chunk arrived damaged", StringComparison.Ordinal));
        Assert.Contains(events, e => e.Kind == JobEventKind.CheckpointFailed && e.Message.Contains("no space left on device", StringComparison.Ordinal));
        Assert.Contains(events, e => e.Kind == JobEventKind.StorageFailed && e.Message.EndsWith("(a scripted fault)", StringComparison.Ordinal));
        var ledger = (await cluster.Client.GetGrain<ICoordinatorGrain>(id).Ledger())!;
        Assert.Equal(100 * 200, ledger.Epochs.Sum(e => e.Examples.Sum() * (e.EndEpoch - e.FirstEpoch)));
    }

    // Two clusters over one storage: each makes its own activation of the coordinator, as Orleans may do for a moment.
    [Fact]
    public async Task Of_two_coordinators_only_the_newer_one_acts()
    {
        var job = Job(epochs: 100);
        var expected = await Undisturbed(job);
        var storage = new SharedStorage();
        await using var first = Cluster(2, "first", storage);
        await using var second = Cluster(2, "second", storage);
        await Task.WhenAll(first.DeployAsync(), second.DeployAsync());
        var id = await first.Client.GetGrain<ICatalogueGrain>(0).Submit(new Submission(job, null));
        var older = first.Client.GetGrain<ICoordinatorGrain>(id);
        while ((await older.Status(0))!.Step < 100)
        {
        }

        // Asked for anything, an activation that finds its job running takes it over under a generation of its own.
        var newer = second.Client.GetGrain<ICoordinatorGrain>(id);
        var generation = (await older.Status(0))!.Generation;
        while ((await newer.Status(0))!.Generation <= generation)
        {
        }

        var status = await End(second, id);
        Assert.True(status.State == JobState.Completed, status.Failure);
        Assert.Equal(expected, status.Result!.WeightsSha256);

        // The older one could write nothing after that: it has stopped, and what it finds on waking is the end.
        var seen = (await End(first, id))!;
        Assert.Equal(status.Generation, seen.Generation);
        Assert.Equal(status.Result.WeightsSha256, seen.Result!.WeightsSha256);
        Assert.True(storage.Refused > 0); // its next write
    }

    private sealed class TestGround(InProcessTestCluster cluster, string job) : IFaultGround
    {
        public async Task<FaultView> Look(CancellationToken cancellation)
        {
            var status = await Status(cluster, job);
            return new FaultView(
                [.. status.Members.Select(m => m.Name)], status.Coordinator, status.Step, status.Resumed is not null, status.State is JobState.Completed or JobState.Failed);
        }

        public async Task Begin(Fault fault, IReadOnlyList<string> silos, CancellationToken cancellation)
        {
            foreach (var silo in silos)
            {
                if (fault.IsWithin)
                {
                    await cluster.Client.GetGrain<IClusterGrain>(0).Suffer(silo, fault);
                }
                else
                {
                    await cluster.KillSiloAsync(cluster.Silos.First(s => s.Name == silo), cancellation);
                }
            }
        }

        public Task End(Fault fault, IReadOnlyList<string> silos) => Task.CompletedTask;
    }

    // Grain state that two clusters share, with the compare-and-swap of every real store.
    private sealed class SharedStorage
    {
        private readonly ConcurrentDictionary<string, (string ETag, BinaryData Data)> _records = new();
        private int _refused;

        public int Refused => _refused;

        public IGrainStorage With(IGrainStorageSerializer serializer) => new Storage(this, serializer);

        private sealed class Storage(SharedStorage shared, IGrainStorageSerializer serializer) : IGrainStorage
        {
            public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
            {
                if (shared._records.TryGetValue($"{stateName}/{grainId}", out var record))
                {
                    (grainState.State, grainState.ETag, grainState.RecordExists) = (serializer.Deserialize<T>(record.Data), record.ETag, true);
                }

                return Task.CompletedTask;
            }

            public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
            {
                var key = $"{stateName}/{grainId}";
                var data = serializer.Serialize(grainState.State);
                var tag = Guid.NewGuid().ToString();
                lock (shared)
                {
                    var stored = shared._records.TryGetValue(key, out var record) ? record.ETag : null;
                    if (stored != grainState.ETag)
                    {
                        shared._refused++;
                        throw new InconsistentStateException("another activation has written", stored, grainState.ETag);
                    }

                    shared._records[key] = (tag, data);
                }

                (grainState.ETag, grainState.RecordExists) = (tag, true);
                return Task.CompletedTask;
            }

            public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
            {
                shared._records.TryRemove($"{stateName}/{grainId}", out _);
                return Task.CompletedTask;
            }
        }
    }
}
