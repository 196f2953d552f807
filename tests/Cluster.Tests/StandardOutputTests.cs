namespace Granary.Cluster.Tests;

/// <summary>What a command came to is on standard output, how it gets there on standard error.</summary>
public sealed class StandardOutputTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Iris => Path.Combine(CommandLine.Examples, "iris-softmax.yaml");

    [Fact]
    public async Task A_run_leaves_its_results_on_standard_output_and_says_at_once_what_it_does()
    {
        using var train = await CommandLine.Run(_folder, "train", Iris, "--silos", "1", "--output", "iris", "--set", "training.epochs=3");
        await train.Succeeds();
        var results = train.Output.TrimEnd().Split('\n');
        Assert.Equal(4, results.Length);
        Assert.Matches(@"^iris-softmax-[0-9a-f]{6} completed: [\d,]+ steps?, [\d,]+ examples in [\d.]+ s on 1 silo$", results[0]);
        Assert.Matches(@"^validation: accuracy 0\.\d{4}, loss \d+\.\d{4} over \d+ held-out examples$", results[1]);
        Assert.Equal("model: iris/model.safetensors (15 weights)", results[2]);
        Assert.Matches("^weights sha256: [0-9a-f]{64}$", results[3]);
        var progress = train.Errors.TrimEnd().Split('\n');
        Assert.Equal(["reading the data", "starting 1 silo", "silo-1 has joined (1 of 1)"], progress[..3]);
        Assert.DoesNotContain("sha256", train.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_failed_is_on_standard_error_and_what_is_left_on_standard_output()
    {
        using var train = await CommandLine.Run(
            _folder, "train", Path.Combine(CommandLine.Examples, "digits-mlp.yaml"), "--silos", "1", "--set", "training.optimizer.learningRate=1e30");
        Assert.Equal(1, await train.Exit());
        Assert.Matches(@"(?m)^digits-mlp-[0-9a-f]{6} failed: ", train.Errors);
        Assert.Matches(@"(?m)^model: .*model\.safetensors", train.Output);
        Assert.DoesNotContain("failed", train.Output, StringComparison.Ordinal);
    }

    // Ports that are nobody's, and a Redis that is none: silos of this machine have nothing to do with them.
    [Fact]
    public async Task What_tells_of_a_cluster_elsewhere_is_nothing_to_silos_of_a_private_one()
    {
        using var train = new CommandLine(
            _folder, [("GRANARY_STORE", "redis"), ("GRANARY_REDIS", "127.0.0.1:1"), ("GRANARY_ADDRESS", "192.0.2.1"), ("GRANARY_SILO_PORT", "1")],
            ["train", Iris, "--silos", "1", "--json", "--set", "training.epochs=1"]);
        await train.Succeeds();
        Assert.Equal("completed", train.Json.GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("kubectl logs", "logs")]
    [InlineData("granary silo or kubectl scale", "up")]
    [InlineData("kubectl scale", "down")]
    [InlineData("kubectl scale", "scale", "--silos", "2")]
    [InlineData("kubectl delete pod", "chaos", "--plan", "plan.yaml")]
    public async Task Commands_for_processes_of_this_machine_say_so_where_the_cluster_is_elsewhere(string instead, params string[] arguments)
    {
        using var command = new CommandLine(_folder, [("GRANARY_REDIS", "redis.example:6379")], arguments);
        Assert.Equal(2, await command.Exit());
        Assert.Empty(command.Output);
        var error = CommandLine.OneError(command.Errors);
        Assert.StartsWith("granary: GRANARY_REDIS is redis.example:6379, ", error);
        Assert.Contains(instead, error);
        Assert.EndsWith($"For the local cluster under {Path.Combine(_folder, "home")} unset GRANARY_REDIS.", error);
    }
}
