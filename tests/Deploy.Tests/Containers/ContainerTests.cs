using System.Text.Json;
using Granary.Deploy.Tests.Manifests;

namespace Granary.Deploy.Tests.Containers;

/// <summary>The rendered manifests, run by podman: real addresses, read-only roots, users, volumes and limits as a kubelet would give them.</summary>
public sealed class ContainerTests
{
    private const string Sets = "/data/sets";
    private const long Few = 460;

    // It is cancelled once every fault has fallen into it.
    private const long Endless = 1_000_000_000;

    // What a user puts into the Secret.
    private static readonly string Secret = $"""

        ---
        apiVersion: v1
        kind: Secret
        metadata:
          name: granary
        stringData:
          GRANARY_BOOTSTRAP_TOKEN: {ClusterApi.Token}
        """;

    private static string Examples => Path.Combine(Repository.Root, "examples");

    private static string JobOf(long steps)
    {
        const string Length = "epochs: 30";
        var text = File.ReadAllText(Path.Combine(Examples, "digits-mlp.yaml"));
        Assert.Contains(Length, text);
        return text.Replace(Length, $"steps: {steps}", StringComparison.Ordinal);
    }

    // The weights of so many steps of the same job on this machine, without containers.
    private static async Task<string> Alone(long steps)
    {
        var folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
        try
        {
            var file = Path.Combine(folder, "job.yaml");
            await File.WriteAllTextAsync(file, JobOf(steps));
            var output = await Tool.Succeeds(
                "dotnet", [ContainerCluster.CommandLine, "train", file, "--silos", "1", "--json", "--set", $"data.path={Path.Combine(Examples, "data", "digits.csv")}", "--output", Path.Combine(folder, "run")],
                new Dictionary<string, string> { ["GRANARY_HOME"] = Path.Combine(folder, "home") });
            return JsonDocument.Parse(output).RootElement.GetProperty("weightsSha256").GetString()!;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<ContainerCluster> Start()
    {
        var missing = ContainerCluster.Missing();
        Assert.SkipWhen(missing is not null, missing ?? "");
        var cluster = await ContainerCluster.Start(new ManifestSet(Kustomize.RenderBase("redis", "shared-claim") + Secret));
        var sets = Path.Combine(cluster.Claim("granary-data"), "sets");
        Directory.CreateDirectory(Path.Combine(sets, "data"));
        File.Copy(Path.Combine(Examples, "data", "digits.csv"), Path.Combine(sets, "data", "digits.csv"));
        return cluster;
    }

    private static ClusterApi Api(ContainerCluster cluster) => new([.. cluster.Silos.Select(cluster.Api)]);

    [Fact]
    public async Task A_job_in_containers_comes_to_the_weights_of_one_machine()
    {
        await using var cluster = await Start();
        using var api = Api(cluster);
        using (var stranger = new HttpClient())
        using (var refused = await stranger.GetAsync(new Uri(cluster.Api(cluster.Silos[0]), "api/v1/jobs")))
        {
            Assert.Equal(System.Net.HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        var job = await api.Submit(JobOf(Few), Sets);
        Assert.Equal(await Alone(Few), (await api.Ends(job, "completed")).Sha256);
        Assert.Equal(cluster.Silos.Count, (await api.Job(job)).GetProperty("members").GetArrayLength());

        // The command line of the image finds the cluster by the pod's variables, and the model is where every pod sees it.
        Assert.Contains(job, await ContainerCluster.Execute(cluster.Silos[1], "granary", "jobs"));
        Assert.True(File.Exists(Path.Combine(cluster.Claim("granary-data"), "runs", job, "model.safetensors")));
    }

    [Fact]
    public async Task Silos_that_are_stopped_killed_cut_off_and_lost_with_their_files_change_no_weight()
    {
        await using var cluster = await Start();
        using var api = Api(cluster);
        var (all, job) = (cluster.Silos.Count, await api.Submit(JobOf(Endless), Sets, "training.checkpoint.seconds=2"));
        await api.TrainsOn(job, all);

        var (code, time) = await cluster.Terminate(cluster.Silos[0]);
        Assert.Equal(0, code);
        Assert.InRange(time.TotalSeconds, 0, cluster.GraceOfSilos - 1);
        await api.TrainsOn(job, all - 1);
        await Again(cluster, api, job, cluster.Silos[0]);

        await cluster.Kill(cluster.Silos[1]);
        Assert.Equal(137, await cluster.Ended(cluster.Silos[1]));
        await api.TrainsOn(job, all - 1);
        await Again(cluster, api, job, cluster.Silos[1]);

        // The others take it for dead, and go on; when it hears of that it ends with code 4, and is started again.
        await cluster.Cut(cluster.Silos[2]);
        await api.TrainsOn(job, all - 1);
        await ContainerCluster.Mend();
        Assert.Equal(4, await cluster.Ended(cluster.Silos[2]));
        await Again(cluster, api, job, cluster.Silos[2]);

        await cluster.Lose(cluster.Silos[0]);
        await api.TrainsOn(job, all - 1);
        await Again(cluster, api, job, cluster.Silos[0]);

        await api.Cancel(job);
        var (step, hash) = await api.Ends(job, "cancelled");
        await cluster.DisposeAsync(); // its memory and cores
        Assert.Equal(await Alone(step), hash);
    }

    private static async Task Again(ContainerCluster cluster, ClusterApi api, string job, string silo)
    {
        await cluster.Start(silo);
        await cluster.Ready(silo);
        await api.TrainsOn(job, cluster.Silos.Count);
    }
}
