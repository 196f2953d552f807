using System.Net;
using Granary.Contracts;
using Granary.Jobs;
using Orleans.TestingHost;

namespace Granary.Grains.Tests;

/// <summary>The queue of jobs, on an Orleans test cluster of two silos with room for two jobs at once.</summary>
public sealed class CatalogueTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Job Line(string name, int epochs)
    {
        var path = Path.Combine(_folder, "line.csv");
        if (!File.Exists(path))
        {
            File.WriteAllText(path, "x,label\n" + string.Concat(Enumerable.Range(0, 64).Select(i => $"{i},{(i < 30 ? "a" : "b")}\n")));
        }

        return new Job(
            1,
            name,
            new ModelSection { Kind = "logistic" },
            new DataSection { Format = "csv", Path = path, Label = "label", Standardize = true, Shards = 2 },
            new TrainingSection { Epochs = epochs, Batch = 8 });
    }

    [Fact]
    public async Task As_many_jobs_run_at_once_as_there_is_room_for_the_highest_priority_first()
    {
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSilo((options, silo) =>
        {
            silo.AddMemoryGrainStorageAsDefault();
            silo.UseInMemoryReminderService();
            silo.AddGranary(new SiloIdentity(
                options.SiloName, "test", 2, "cpu", new IPEndPoint(IPAddress.Loopback, 0), _folder, Path.Combine(_folder, "checkpoints"), Jobs: 2));
        });
        builder.ConfigureClient(client => client.Services.AddGranarySerialization());
        await using var cluster = builder.Build();
        await cluster.DeployAsync();
        var catalogue = cluster.Client.GetGrain<ICatalogueGrain>(0);
        Task<string> Submit(string name, int epochs, int priority = 0) => catalogue.Submit(new Submission(Line(name, epochs), null, name, priority, Group: "all"));
        async Task<JobState[]> Await(params JobState[] wanted)
        {
            while (true)
            {
                var jobs = await catalogue.List();
                JobState[] now = [.. jobs.Select(j => j.State)];
                if (now.SequenceEqual(wanted) && jobs.All(j => j.State != JobState.Running || j.Step > 0))
                {
                    Assert.All(jobs, j => Assert.Equal("all", j.Group));
                    return now;
                }

                Assert.True(now.Count(s => s == JobState.Running) <= 2, string.Join(' ', now));
                await Task.Delay(10);
            }
        }

        // Two run side by side and make steps; the others wait.
        await Submit("one", 1_000_000);
        await Submit("two", 1_000_000);
        await Submit("low", 3);
        await Submit("high", 1_000_000, priority: 1);
        await Await(JobState.Running, JobState.Running, JobState.Queued, JobState.Queued);
        var (one, two) = (cluster.Client.GetGrain<ICoordinatorGrain>("one"), cluster.Client.GetGrain<ICoordinatorGrain>("two"));
        Assert.Equal(2, (await one.Status(0))!.Members.Count);
        Assert.Equal(2, (await two.Status(0))!.Members.Count);

        // Room for one more: the highest priority has it, though it came last.
        await two.Cancel();
        await Await(JobState.Running, JobState.Cancelled, JobState.Queued, JobState.Running);

        // One that is paused makes room, and comes back when there is some.
        await one.Pause();
        await Await(JobState.Paused, JobState.Cancelled, JobState.Completed, JobState.Running);
        await catalogue.Resume("one");
        await Await(JobState.Running, JobState.Cancelled, JobState.Completed, JobState.Running);
        await one.Cancel();
        await cluster.Client.GetGrain<ICoordinatorGrain>("high").Cancel();
        await Await(JobState.Cancelled, JobState.Cancelled, JobState.Completed, JobState.Cancelled);

        // Company does not show in the weights.
        await Task.WhenAll(Submit("first", 200), Submit("second", 200));
        await Await(JobState.Cancelled, JobState.Cancelled, JobState.Completed, JobState.Cancelled, JobState.Completed, JobState.Completed);
        var ended = (await catalogue.List()).Where(j => j.Step == 1600 && j.State == JobState.Completed).ToArray();
        Assert.Equal(ended[0].Result!.WeightsSha256, ended[1].Result!.WeightsSha256);
        await Submit("alone", 200);
        await Await(JobState.Cancelled, JobState.Cancelled, JobState.Completed, JobState.Cancelled, JobState.Completed, JobState.Completed, JobState.Completed);
        Assert.Equal(ended[0].Result!.WeightsSha256, (await catalogue.List())[^1].Result!.WeightsSha256);
    }
}
