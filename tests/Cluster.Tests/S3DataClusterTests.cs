using System.Diagnostics;
using System.Globalization;
using Granary.Tests.Support;

namespace Granary.Cluster.Tests;

/// <summary>Real silos whose data and outputs are on S3 alone, and which share no disk.</summary>
[Collection(RecoveryScenario.ManyAtOnce)]
public sealed class S3DataClusterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string[] Job(params string[] more) => StoreJobs.Digits(150, ["training.checkpoint.steps=200", "training.checkpoint.seconds=0", .. more]);

    private static async Task<S3Server> Start()
    {
        var server = await S3Server.Start();
        server.Objects["in/digits.csv"] = new S3Object(await File.ReadAllBytesAsync(Path.Combine(CommandLine.Examples, "data/digits.csv")));
        return server;
    }

    [LongFact]
    public async Task The_weights_are_those_of_the_file_on_one_two_and_three_silos()
    {
        await using var server = await Start();
        var expected = await SiloCluster.Undisturbed(StoreJobs.Digits(4));
        foreach (var silos in new[] { 1, 2, 3 })
        {
            var place = $"s3://granary/out/{silos.ToString(CultureInfo.InvariantCulture)}";
            using var train = new CommandLine(
                _folder, server.Variables, ["train", .. StoreJobs.Digits(4, "data.path=s3://granary/in/digits.csv"), "--silos", silos.ToString(CultureInfo.InvariantCulture), "--output", place, "--json"]);
            await train.Succeeds();
            Assert.Equal(expected, train.Json.GetProperty("weightsSha256").GetString());
        }

        Assert.Equal(server.Objects["out/1/model.safetensors"].Content, server.Objects["out/3/model.safetensors"].Content);
    }

    // Two of three silos are lost with their disks, and the store does not answer for half a minute while the new ones read the data, and while the model is written.
    [LongFact]
    public async Task Silos_are_lost_with_their_disks_and_the_store_is_down_and_full_for_a_while()
    {
        await using var server = await Start();
        var expected = await SiloCluster.Undisturbed(Job());
        using var database = PostgresServer.Start();
        using var cluster = new SiloCluster(
            _folder,
            [
                ("GRANARY_STORE", "postgres"), ("GRANARY_POSTGRES", database.Connection), ("GRANARY_CLUSTER", "test"), ("GRANARY_CHECKPOINTS", "s3://granary/checkpoints"),
                ("GRANARY_DATA_ROOT", "s3://granary/in"), ("GRANARY_OUTPUT_ROOT", "s3://granary/out"), .. server.Variables,
            ]);
        await cluster.Run("store", "init");
        cluster.Start("one", "two", "three");
        var job = await cluster.Submit(Job("data.path=s3://granary/in/digits.csv"));
        await cluster.Reaches(job, 600);
        server.Fault = request => request.Contains("in/digits.csv", StringComparison.Ordinal) ? S3Fault.InternalError
            : request.StartsWith($"PUT out/{job}/model", StringComparison.Ordinal) ? S3Fault.Full : S3Fault.None;
        cluster.Lose("one", "two");
        cluster.Start("four", "five");
        for (var since = Stopwatch.StartNew(); !(await cluster.Run("why", job)).Output.Contains("s3://granary answers 500", StringComparison.Ordinal);)
        {
            Assert.True(since.Elapsed < TimeSpan.FromMinutes(4), "why does not say that the store fails");
        }

        server.Fault = request => request.StartsWith($"PUT out/{job}/model", StringComparison.Ordinal) ? S3Fault.Full : S3Fault.None;
        for (var since = Stopwatch.StartNew(); !(await cluster.Run("why", job)).Output.Contains("s3://granary answers 507", StringComparison.Ordinal);)
        {
            Assert.True(since.Elapsed < TimeSpan.FromMinutes(8), "why does not say that the store has no room");
        }

        server.Fault = _ => S3Fault.None;
        Assert.Equal(expected, await cluster.End(job));
        Assert.Contains($"out/{job}/summary.json", server.Objects.Keys);
        Assert.DoesNotContain($"out/{job}/.granary-run", server.Objects.Keys);
        Assert.DoesNotContain(S3Server.Secret, cluster.Said, StringComparison.Ordinal);
    }
}
