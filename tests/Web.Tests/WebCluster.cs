using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Granary.Contracts;
using Granary.Grains.Tests;
using Granary.Jobs;
using Granary.Web.Hosting;
using Granary.Web.Submitting;
using Granary.Web.Tests;

[assembly: AssemblyFixture(typeof(WebCluster))]
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Granary.Web.Tests;

/// <summary>A cluster in this process, and its API and page over real HTTP.</summary>
public sealed class WebCluster : IAsyncLifetime
{
    private const int Silos = 3;

    private readonly Lazy<string> _points; // written once: jobs read it whenever their turn comes
    private readonly List<(string Job, string? Test)> _endless = [];
    private GranaryCluster? _cluster;
    private ClusterWeb? _web;

    public WebCluster() => _points = new(() => SmallCluster.Blobs(Folder).Data.Path);

    public string Folder { get; } = Directory.CreateTempSubdirectory("granary-test-").FullName;

    private static string? Test => TestContext.Current.Test?.UniqueID;

    public Uri Address => _web!.Address;

    public HttpClient Http { get; private set; } = null!;

    internal GranaryCluster Cluster => _cluster!;

    internal DataCheckOfTests Check { get; } = new();

    public async ValueTask InitializeAsync()
    {
        _cluster = await GranaryCluster.Deploy(Silos, Folder);
        _web = await ClusterWeb.Start(new WebSettings("silo-1", "test", new IPEndPoint(IPAddress.Loopback, 0)), _cluster.Client, Check);
        Http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(3) };
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose(); // there is none where the cluster could not be started, which is what the tests must tell
        await (_web?.DisposeAsync() ?? default);
        await (_cluster?.DisposeAsync() ?? default);
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Three clouds of points, as a job file.</summary>
    public string Blobs(int epochs, string name = "blobs", double rate = 0.05) => FormattableString.Invariant($$"""
        version: 1
        name: {{name}}
        model: { kind: softmax }
        data: { format: csv, path: {{_points.Value}}, label: label, standardize: true, shards: 5, validation: { fraction: 0.2 } }
        training: { epochs: {{epochs}}, batch: 16, optimizer: { kind: sgd, learningRate: {{rate}} }, schedule: { kind: cosine } }
        """);

    /// <summary>Submits a job file over HTTP; returns the job's id.</summary>
    public async Task<string> Submit(string yaml, string query = "")
    {
        foreach (var (left, _) in _endless.Where(e => e.Test != Test).ToArray())
        {
            await End(left); // a test that has failed must not fail others: the silos take one job at a time
        }

        using var answer = await Post("/api/v1/jobs" + query, yaml);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("job").GetString()!;
    }

    public Task<HttpResponseMessage> Post(string path, string body = "") => Http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/yaml"));

    public Task<JsonElement> Get(string path) => Http.GetFromJsonAsync<JsonElement>(path);

    /// <summary>Waits until something holds of a job.</summary>
    internal Task<JobStatus> Until(string job, Func<JobStatus, bool> holds) =>
        GranaryCluster.Until(Cluster.Client.GetGrain<ICoordinatorGrain>(job), holds);

    /// <summary>A job that trains, and does not end by itself.</summary>
    public async Task<string> Endless(string name = "endless", double rate = 0.002)
    {
        var job = await Submit(Blobs(epochs: 1_000_000, name, rate));
        _endless.Add((job, Test));
        await Until(job, s => s.Points.Count > 3);
        return job;
    }

    /// <summary>Ends a job, so that the next one has the silos.</summary>
    public async Task End(string job)
    {
        using var answer = await Post($"/api/v1/jobs/{job}/cancel");
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await Until(job, s => s.State is JobState.Cancelled or JobState.Completed or JobState.Failed);
        _endless.RemoveAll(e => e.Job == job);
    }

    /// <summary>Kills a silo that takes part in a job and starts another in its place; returns the one that was killed.</summary>
    /// <param name="job">The job.</param>
    /// <param name="coordinators">Whether the one with the job's coordinator: the next coordinator then knows that it is gone, and not its name.</param>
    public async Task<string> KillOneOf(string job, bool coordinators = false)
    {
        var status = await Until(job, s => s.State == JobState.Running && s.Members.Count > 1);
        var lost = coordinators ? status.Coordinator : status.Members.Last(m => m.Name != status.Coordinator).Name;
        await Cluster.Kill(lost);
        await Cluster.Add();
        return lost;
    }
}

/// <summary>Says of data what a test wants to be said.</summary>
internal sealed class DataCheckOfTests : IDataCheck
{
    public ConcurrentQueue<string> Names { get; } = [];

    public string? Refusal { get; set; }

    public IReadOnlyList<JobWarning> Warnings { get; set; } = [];

    public Task<IReadOnlyList<JobWarning>> Check(string text, string name, string folder, IReadOnlyList<string> overrides, CancellationToken cancellation)
    {
        Names.Enqueue(name);
        return Refusal is { } refusal ? throw new DataCheckException(refusal) : Task.FromResult(Warnings);
    }
}
