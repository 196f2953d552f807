namespace Granary.Cluster.Tests;

public sealed class PlanTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<CommandLine> Plan(params string[] arguments) => CommandLine.Run(_folder, ["plan", .. arguments]);

    // 2 P (S - 1) / S numbers of 4 bytes; the blocks are dealt whole, so that some silo sends a little more.
    [Fact]
    public async Task Gpt_3_is_planned_for_silos_that_nobody_has()
    {
        using var plan = await Plan(
            "--preset", "gpt-3", "--batch", "1536", "--silos", "1024", "--flops", "100T", "--bandwidth", "100Gbit", "--latency", "20us", "--json");
        Assert.Equal(0, await plan.Exit());
        var cost = Assert.Single(plan.Json.GetProperty("plans").EnumerateArray());
        const double Bytes = 2.0 * 175_221_817_344 * 1023 / 1024 * 4;
        Assert.Equal(Bytes, cost.GetProperty("bytesSentPerStep").GetDouble(), 0.001 * Bytes);
        Assert.Equal(Bytes / 12.5e9, cost.GetProperty("line").GetDouble(), 0.01 * Bytes / 12.5e9);
        Assert.Equal(1.5 * plan.Json.GetProperty("flopsPerExample").GetDouble() / 100e12, cost.GetProperty("compute").GetDouble(), 0.01);
        Assert.Equal(1024, cost.GetProperty("shards").GetInt32());
        Assert.Equal(10_000, plan.Json.GetProperty("curve").EnumerateArray().Last().GetProperty("silos").GetInt32());
    }

    [Fact]
    public async Task A_job_is_planned_from_its_file_and_what_is_said_of_the_cluster()
    {
        using var plan = await Plan(
            Path.Combine(CommandLine.Examples, "digits-mlp.yaml"), "--silos", "2", "--flops", "1G", "--bandwidth", "1GB", "--latency", "1ms", "--per-shard", "0us");
        Assert.Equal(0, await plan.Exit());
        Assert.Contains("digits-mlp: mlp, 4,810 weights, 20.2k operations an example, batch 64 in 8 shards", plan.Output);
        Assert.Contains("Beyond 1 silo no number of them up to 10,000", plan.Output); // 1.3 ms of work, and 1 ms of the way
        Assert.Contains("2 silos: 8 shards suit", plan.Output);
    }

    [Theory]
    [InlineData("plan takes a job file or a --preset, one of them: granary plan --preset gpt-2 --batch 512 ...")]
    [InlineData("a preset needs --batch: how many windows of its context a step takes.", "--preset", "gpt-2")]
    [InlineData(
        "a preset has no data to be timed with: give --flops, --latency, as in --flops 100T --bandwidth 100Gbit --latency 20us.",
        "--preset", "gpt-2", "--batch", "8", "--bandwidth", "1GB")]
    [InlineData("--bandwidth 10Gb: it must be bits or bytes a second, as in 10Gbit or 1.2GB, or unbounded, and above 0.", "job.yaml", "--bandwidth", "10Gb")]
    [InlineData("--batch belongs to a preset; for a job file: --set training.batch=...", "job.yaml", "--batch", "8")]
    [InlineData("--silos 0: it must be at least 1 and at most 65536.", "job.yaml", "--silos", "0")]
    public async Task Bad_input_gets_one_message(string message, params string[] arguments)
    {
        using var plan = await Plan(arguments);
        Assert.Equal(2, await plan.Exit());
        Assert.Equal($"granary: {message}", plan.Errors.TrimEnd());
    }
}
