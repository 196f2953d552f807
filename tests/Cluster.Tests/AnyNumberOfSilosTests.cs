namespace Granary.Cluster.Tests;

/// <summary>The number of silo processes does not show in the weights.</summary>
public sealed class AnyNumberOfSilosTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Digits => Path.Combine(CommandLine.Examples, "digits-mlp.yaml");

    [Fact]
    public async Task Digits_are_learnt_with_the_same_weights_on_any_number_of_silos()
    {
        var hashes = new List<string>();
        foreach (var silos in new[] { 1, 2, 3, 5 })
        {
            var telemetry = silos == 2 ? "console" : "none";
            using var train = await CommandLine.Run(
                _folder, "train", Digits, "--silos", $"{silos}", "--json", "--telemetry", telemetry, "--set", "training.epochs=10");
            await train.Succeeds();
            Assert.All(
                ["silo-1  metrics:", "silo-2  metrics:", "step 0 of digits-mlp-", "shard x 4", "granary.loss", "granary.step.duration"],
                line => Assert.Equal(silos == 2, train.Errors.Contains(line, StringComparison.Ordinal)));
            Assert.Equal("completed", train.Json.GetProperty("state").GetString());
            Assert.Equal(silos, train.Json.GetProperty("silos").GetInt32());
            Assert.True(train.Json.GetProperty("validation").GetProperty("accuracy").GetDouble() >= 0.95);
            Assert.All(train.Json.GetProperty("siloPids").EnumerateArray(), p => Assert.False(CommandLine.IsAlive(p.GetInt32())));
            Assert.True(File.Exists(Path.Combine(train.Json.GetProperty("output").GetString()!, "model.safetensors")));
            hashes.Add(train.Json.GetProperty("weightsSha256").GetString()!);
        }

        Assert.Single(hashes.Distinct());
    }

    [Fact]
    public async Task A_transformer_with_adam_clipping_dropout_and_a_schedule_does_not_show_the_cluster_either()
    {
        var hashes = new List<string>();
        foreach (var silos in new[] { 1, 3 })
        {
            using var train = await CommandLine.Run(
                _folder, "train", Path.Combine(CommandLine.Examples, "source-transformer.yaml"), "--silos", $"{silos}", "--json",
                "--set", "model.layers=1", "model.width=32", "model.context=32", "model.dropout=0.2", "training.epochs=1",
                "training.batch=512", "training.schedule.warmup=5");
            await train.Succeeds();
            Assert.Contains("a bigram model of the same training text: validation loss", train.Errors);
            hashes.Add(train.Json.GetProperty("weightsSha256").GetString()!);
        }

        Assert.Single(hashes.Distinct());
    }

    [Fact]
    public async Task The_negatives_drawn_in_a_step_do_not_show_the_cluster()
    {
        var hashes = new List<string>();
        foreach (var silos in new[] { 1, 3 })
        {
            using var train = await CommandLine.Run(
                _folder, "train", Path.Combine(CommandLine.Examples, "source-skip-gram.yaml"), "--silos", $"{silos}", "--json",
                "--set", "model.window=1", "training.epochs=1", "training.batch=1024");
            await train.Succeeds();
            hashes.Add(train.Json.GetProperty("weightsSha256").GetString()!);
        }

        Assert.Single(hashes.Distinct());
    }
}
