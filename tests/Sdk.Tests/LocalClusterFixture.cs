using Granary.Contracts;
using Granary.Jobs;
using Granary.Sdk.Tests;

[assembly: AssemblyFixture(typeof(LocalClusterFixture))]

namespace Granary.Sdk.Tests;

/// <summary>One silo for all tests, since a start takes seconds. What is said on the console meanwhile is kept.</summary>
public sealed class LocalClusterFixture : IAsyncLifetime
{
    private readonly StringWriter _said = new();
    private GranaryCluster? _cluster;

    public string Folder { get; } = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public GranaryCluster Cluster => _cluster!;

    public GranaryClient Client => Cluster.Client;

    /// <summary>All that this process has written to the console since the cluster was started.</summary>
    public string Said => _said.ToString();

    public async ValueTask InitializeAsync()
    {
        Console.SetOut(_said);
        Console.SetError(_said);
        _cluster = await GranaryCluster.StartLocalAsync(new LocalClusterOptions { Silos = 1, ThreadsPerSilo = 1, Output = Path.Combine(Folder, "runs") });
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Two classes on a line.</summary>
    /// <param name="epochs">Passes over it.</param>
    public Job Line(int epochs)
    {
        var path = Path.Combine(Folder, $"line-{Guid.NewGuid():n}.csv");
        File.WriteAllText(path, "x,label\n" + string.Concat(Enumerable.Range(0, 64).Select(i => $"{i},{(i < 30 ? "low" : "high")}\n")));
        return new JobBuilder("line").Csv(path, "label").Standardize().HoldOut(0.25).Shards(2).Logistic().Train(epochs, batch: 16).Build();
    }

    /// <summary>A job that does not end by itself, once it trains.</summary>
    public async Task<JobHandle> Endless(CancellationToken cancellation)
    {
        var job = await Client.SubmitAsync(Line(epochs: 1_000_000), new SubmitOptions { CheckData = false }, cancellation);
        await Until(job, s => s.Step > 0, cancellation);
        return job;
    }

    /// <summary>Watches a job until something holds.</summary>
    public static async Task<JobStatus> Until(JobHandle job, Func<JobStatus, bool> holds, CancellationToken cancellation)
    {
        await foreach (var status in job.WatchAsync(cancellation))
        {
            if (holds(status))
            {
                return status;
            }
        }

        throw new InvalidOperationException($"{job.Id} ended before.");
    }
}
