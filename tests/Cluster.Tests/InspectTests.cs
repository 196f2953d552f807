namespace Granary.Cluster.Tests;

public sealed class InspectTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<CommandLine> Inspect(params string[] arguments) => CommandLine.Run(_folder, ["inspect", .. arguments]);

    [Fact]
    public async Task Gpt_3_is_printed_to_the_digit()
    {
        using var inspect = await Inspect("--preset", "gpt-3");
        Assert.Equal(0, await inspect.Exit());
        Assert.Equal(
            """
            gpt-3: transformer

                             matrices    shape of each          weights
            embedding               1  50,257 x 12,288      617,558,016
            key                 9,216     128 x 12,288   14,495,514,624
            query               9,216     128 x 12,288   14,495,514,624
            value-down          9,216     128 x 12,288   14,495,514,624
            value-up/output        96  12,288 x 12,288   14,495,514,624
            up-projection          96  49,152 x 12,288   57,982,058,496
            down-projection        96  12,288 x 49,152   57,982,058,496
            unembedding             1  50,257 x 12,288      617,558,016
            total              27,938                   175,181,291,520

            With positions, biases and norms: 175,221,817,344 weights.

            """,
            inspect.Output);
    }

    [Fact]
    public async Task A_job_is_told_with_memory_and_traffic()
    {
        var digits = Path.Combine(CommandLine.Examples, "digits-mlp.yaml");
        using var text = await Inspect(digits);
        Assert.Contains("layers.0.weight         1        64 x 64    4,096", text.Output);
        Assert.Contains("With biases: 4,810 weights.", text.Output);
        using var json = await Inspect(digits, "--silos", "4", "--json", "--set", "model.hidden=[]");
        Assert.Equal(650, json.Json.GetProperty("parameters").GetInt64());
        var costs = Assert.Single(json.Json.GetProperty("costs").EnumerateArray());
        Assert.Equal(3 * 650 * 4, costs.GetProperty("bytesSentPerStep").GetInt64()); // one block: the sum to everybody
        Assert.Equal(2 * 650 * 4, costs.GetProperty("memory").GetProperty("weights").GetInt64());
    }

    [Theory]
    [InlineData("inspect takes a job file or a --preset, one of them: granary inspect --preset gpt-2.")]
    [InlineData("inspect takes a job file or a --preset, one of them: granary inspect --preset gpt-2.", "job.yaml", "--preset", "gpt-2")]
    [InlineData("--preset gpt-5: there is no such preset; it must be one of gpt-2, gpt-2-medium, gpt-2-large, gpt-2-xl, gpt-3.", "--preset", "gpt-5")]
    [InlineData("--set has no meaning for a preset: it belongs to a job file.", "--preset", "gpt-2", "--set", "model.layers=1")]
    [InlineData("--silos 0: it must be at least 1 and at most 65536.", "job.yaml", "--silos", "0")]
    [InlineData("nowhere.yaml: the job file cannot be read: ", "nowhere.yaml")]
    public async Task Bad_input_gets_one_message(string message, params string[] arguments)
    {
        using var inspect = await Inspect(arguments);
        Assert.Equal(2, await inspect.Exit());
        Assert.StartsWith("granary: " + message, inspect.Errors);
        Assert.Single(inspect.Errors.TrimEnd().Split('\n'));
    }
}
