using System.Security.Cryptography;
using Granary.Tests.Support;

namespace Granary.Cluster.Tests;

/// <summary>Data and models in a bucket, as a user goes the whole way: a job whose data is there is handed in over the HTTP API, leaves its model there, and the model is fetched and used.</summary>
public sealed class S3UseTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_job_reads_S3_writes_S3_and_its_model_is_fetched_and_used()
    {
        await using var server = await S3Server.Start();
        (string, string)[] variables = [.. server.Variables, ("GRANARY_DATA_ROOT", "s3://granary/in"), ("GRANARY_OUTPUT_ROOT", "s3://granary/out")];
        server.Objects["in/iris.csv"] = new S3Object(await File.ReadAllBytesAsync(Path.Combine(CommandLine.Examples, "data/iris.csv")));
        server.Objects["other/iris.csv"] = server.Objects["in/iris.csv"];
        var job = Path.Combine(CommandLine.Examples, "iris-softmax.yaml");
        using var silo = new CommandLine(_folder, variables, ["silo", "--name", "one", "--threads", "1", "--web-port", "0"]);
        silo.WaitFor("page one at ");
        var url = silo.Output.Split('\n').First(l => l.StartsWith("page one at ", StringComparison.Ordinal)).Split(" at ")[1].Trim().TrimEnd('/');

        // Whoever submits needs no keys; the silos have them.
        using var submit = await CommandLine.Run(_folder, "submit", job, "--set", "data.path=s3://granary/in/iris.csv", "--url", url, "--json");
        await submit.Succeeds();
        var id = submit.Json.GetProperty("job").GetString()!;
        using var fetch = await CommandLine.Run(_folder, "fetch", id, "--to", "fetched", "--url", url);
        await fetch.Succeeds();
        var model = await File.ReadAllBytesAsync(Path.Combine(_folder, "fetched", "model.safetensors"));
        Assert.Equal(server.Objects[$"out/{id}/model.safetensors"].Content, model);
        using var local = await CommandLine.Run(_folder, "train", job, "--silos", "1", "--output", "local", "--json");
        await local.Succeeds();
        Assert.Equal(local.Json.GetProperty("weightsSha256").GetString(), submit.Json.GetProperty("weightsSha256").GetString());

        using var predict = new CommandLine(_folder, variables, ["predict", $"s3://granary/out/{id}", "--input", "s3://granary/in/iris.csv", "--output", "stored.csv"]);
        await predict.Succeeds();
        using var expected = await CommandLine.Run(_folder, "predict", "local", "--input", Path.Combine(CommandLine.Examples, "data/iris.csv"), "--output", "local.csv");
        await expected.Succeeds();
        Assert.Equal(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(_folder, "local.csv"))), SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(_folder, "stored.csv"))));

        // What the silos were not given is not read, though the keys would do.
        using var refused = await CommandLine.Run(_folder, "submit", job, "--set", "data.path=s3://granary/other/iris.csv", "--url", url);
        Assert.Equal(2, await refused.Exit());
        Assert.Contains("s3://granary/other/iris.csv is under no data root, which are s3://granary/in", refused.Errors, StringComparison.Ordinal);
        Assert.All([silo, submit, fetch, predict, refused], c => Assert.DoesNotContain(S3Server.Secret, c.Output + c.Errors, StringComparison.Ordinal));
    }
}
