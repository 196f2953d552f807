using System.Text.Json;
using Granary.Deploy.Tests.Manifests;

namespace Granary.Deploy.Tests.Containers;

/// <summary>A job on the pods of the base, and what comes of it without them.</summary>
internal static class ContainerRun
{
    /// <summary>Where the data is, as silos see it.</summary>
    public const string Sets = "/data/sets";

    /// <summary>The steps of a job that is cancelled once every fault has fallen into it.</summary>
    public const long Endless = 1_000_000_000;

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

    /// <summary>A job of so many steps.</summary>
    public static string JobOf(long steps)
    {
        const string Length = "epochs: 30";
        var text = File.ReadAllText(Path.Combine(Examples, "digits-mlp.yaml"));
        Assert.Contains(Length, text);
        return text.Replace(Length, $"steps: {steps}", StringComparison.Ordinal);
    }

    /// <summary>The hash of the weights of so many steps of the same job on this machine, without containers.</summary>
    public static async Task<string> Alone(long steps)
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

    /// <summary>The pods of the base, all ready.</summary>
    public static async Task<ContainerCluster> Start()
    {
        var missing = ContainerCluster.Missing();
        Assert.SkipWhen(missing is not null, missing ?? "");
        var cluster = await ContainerCluster.Start(new ManifestSet(Kustomize.RenderBase("redis", "shared-claim") + Secret));
        var sets = Path.Combine(cluster.Claim("granary-data"), "sets");
        Directory.CreateDirectory(Path.Combine(sets, "data"));
        File.Copy(Path.Combine(Examples, "data", "digits.csv"), Path.Combine(sets, "data", "digits.csv"));
        return cluster;
    }

    /// <summary>The API of all silos.</summary>
    public static ClusterApi Api(ContainerCluster cluster) => new([.. cluster.Silos.Select(cluster.Api)]);

    /// <summary>Starts a silo again that a test has ended, and waits until it takes part.</summary>
    public static async Task Again(ContainerCluster cluster, ClusterApi api, string job, string silo)
    {
        await cluster.Start(silo);
        await cluster.Ready(silo);
        await api.TrainsOn(job, cluster.Silos.Count);
    }

    /// <summary>Ends a job that has no end: no example was counted twice, or never, and the weights are those of as many steps without containers.</summary>
    public static async Task EndsAsAlone(ContainerCluster cluster, ClusterApi api, string job)
    {
        await api.Cancel(job);
        var (step, hash) = await api.Ends(job, "cancelled");
        Assert.Contains("counted exactly once", await cluster.ExecuteInAny("granary", "audit", job));
        await cluster.DisposeAsync(); // its memory and cores
        Assert.Equal(await Alone(step), hash);
    }
}
