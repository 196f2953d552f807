namespace Granary.Cluster.Tests;

/// <summary>Runs that go on from another one.</summary>
public sealed class TrainOnTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Example(string name) => Path.Combine(CommandLine.Examples, name);

    private async Task<(int Code, string Output, string Errors)> Run(params string[] arguments)
    {
        using var command = await CommandLine.Run(_folder, arguments);
        return (await command.Exit(), command.Output, command.Errors);
    }

    [Fact]
    public async Task An_interrupted_run_and_a_finished_one_are_trained_on_to_the_same_bits()
    {
        string[] whole = [Example("digits-mlp.yaml"), "--json", "--set", "training.epochs=100", "--set", "training.optimizer.kind=adam", "--set", "training.optimizer.learningRate=0.001", "--set", "data.shards=2"];
        using var expected = await CommandLine.Run(_folder, ["train", .. whole, "--silos", "1"]);
        Assert.Equal(0, await expected.Exit());
        using var train = new CommandLine(_folder, ["train", .. whole, "--silos", "2", "--output", "run"]);
        train.WaitFor("  loss "); // a step has been taken
        var silos = train.Children();
        Array.ForEach(silos, s => CommandLine.Kill("STOP", $"{s.Id}")); // so that the job does not end before the interruption arrives
        train.PressCtrlC();
        train.WaitFor("interrupted: ");
        Array.ForEach(silos, s => CommandLine.Kill("CONT", $"{s.Id}"));
        Assert.Equal(130, await train.Exit());
        var part = train.Json;
        Assert.Equal("cancelled", part.GetProperty("state").GetString());
        Assert.Equal(part.GetProperty("steps").GetInt64(), part.GetProperty("modelStep").GetInt64());
        Assert.Equal(part.GetProperty("modelStep").GetInt64(), part.GetProperty("validation").GetProperty("step").GetInt64());
        Assert.Contains($"to go on from step {part.GetProperty("steps").GetInt64()}: granary train {Example("digits-mlp.yaml")} --set training.epochs=100 ", train.Errors);
        Assert.Contains(" --silos 2 --continue run\n", train.Errors.ReplaceLineEndings("\n"));

        // Into the very folder that it comes from.
        using var rest = await CommandLine.Run(_folder, ["train", .. whole, "--silos", "1", "--continue", "run", "--output", "run"]);
        await rest.Succeeds();
        Assert.Equal(expected.Json.GetProperty("weightsSha256").GetString(), rest.Json.GetProperty("weightsSha256").GetString());
        Assert.Equal(expected.Json.GetProperty("examples").GetInt64(), rest.Json.GetProperty("examples").GetInt64());

        // The time is that of both parts, the rate that of the second.
        var (seconds, before) = (rest.Json.GetProperty("seconds").GetDouble(), part.GetProperty("seconds").GetDouble());
        Assert.True(seconds > before, $"{seconds} s in all, {before} s before");
        Assert.Equal(before, rest.Json.GetProperty("earlier").GetProperty("seconds").GetDouble(), 1e-9);
        var examples = rest.Json.GetProperty("examples").GetInt64() - part.GetProperty("examples").GetInt64();
        Assert.Equal(examples / (seconds - before), rest.Json.GetProperty("examplesPerSecond").GetDouble(), 1e-6 * examples);

        var done = await Run(["train", .. whole, "--continue", "run"]);
        Assert.Equal((2, ""), (done.Code, done.Output));
        Assert.Contains("--continue run: the run has all of its 100 epochs: set more", done.Errors);
        var other = await Run(["train", .. whole, "--continue", "run", "--set", "training.batch=32"]);
        Assert.Equal(2, other.Code);
        Assert.Contains("training.batch is 32 here, 64 there", other.Errors);
        Assert.Contains("this is no output folder of a job", (await Run(["train", .. whole, "--continue", "nowhere"])).Errors);
        Assert.Contains("a run in a store cannot be continued from there", (await Run(["train", .. whole, "--continue", "s3://bucket/run"])).Errors);
    }
}
