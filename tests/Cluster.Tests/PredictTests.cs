using System.Globalization;

namespace Granary.Cluster.Tests;

/// <summary>A prediction by several silos as a user runs it: the bytes of the command without silos, after a silo's end by kill -9 and after the command's own.</summary>
public sealed class PredictTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Parts => Path.Combine(_folder, "out.csv.parts");

    private byte[] Read(string name) => File.ReadAllBytes(Path.Combine(_folder, name));

    private async Task<(int Code, string Output, string Errors)> Run(params string[] arguments)
    {
        using var command = await CommandLine.Run(_folder, arguments);
        return (await command.Exit(), command.Output, command.Errors);
    }

    private async Task Prepare(int rows)
    {
        await Run("train", Path.Combine(CommandLine.Examples, "iris-softmax.yaml"), "--silos", "1", "--output", "iris");
        var lines = Enumerable.Range(0, rows).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i % 97 / 10.0},{i},{i % 89 / 20.0},{i % 83 / 12.0},{i % 79 / 30.0}"));
        await File.WriteAllLinesAsync(Path.Combine(_folder, "in.csv"), ["sepal_length,id,sepal_width,petal_length,petal_width", .. lines]);
        Assert.Equal(0, (await Run("predict", "iris", "--input", "in.csv", "--output", "whole.csv")).Code);
    }

    private CommandLine OnSilos() => new(_folder, "predict", "iris", "--input", "in.csv", "--output", "out.csv", "--silos", "2");

    private int Finished => Directory.Exists(Parts) ? Directory.GetFiles(Parts, "*.part.json", SearchOption.AllDirectories).Length : 0;

    private async Task UntilFinished(int parts, CommandLine command)
    {
        while (Finished < parts)
        {
            Assert.True(CommandLine.IsAlive(command.Pid), command.Errors);
            await Task.Delay(5);
        }
    }

    [LongFact]
    public async Task Neither_silos_nor_kills_show_in_the_output()
    {
        await Prepare(400_000); // 25 parts
        using (var command = OnSilos())
        {
            await UntilFinished(2, command);
            CommandLine.Kill("KILL", $"{command.Children()[0].Id}");
            await command.Succeeds();
            Assert.Equal("out.csv: 400,000 rows predicted\n", command.Output);
            Assert.Contains("columns the model does not know are left out: id\n", command.Errors);
        }

        Assert.True(Read("whole.csv").AsSpan().SequenceEqual(Read("out.csv")));
        Assert.False(Directory.Exists(Parts));

        var again = await Run("predict", "iris", "--input", "in.csv", "--output", "out.csv", "--silos", "2");
        Assert.Equal(2, again.Code);
        Assert.Contains("out.csv: there is a file of this name: name another one, or say --overwrite.", again.Errors);

        File.Delete(Path.Combine(_folder, "out.csv"));
        using (var command = OnSilos())
        {
            await UntilFinished(3, command);
            command.Signal("KILL");
            await command.Exit();
        }

        Assert.False(File.Exists(Path.Combine(_folder, "out.csv")));
        Assert.InRange(Finished, 3, 26); // one of them may have found that there is no more
        using (var command = OnSilos())
        {
            await command.Succeeds();
            Assert.Matches(@"out\.csv\.parts: \d+ parts with [\d,]+ rows are there already: going on after them", command.Errors);
        }

        Assert.True(Read("whole.csv").AsSpan().SequenceEqual(Read("out.csv")));
        Assert.False(Directory.Exists(Parts));
    }

    // Its silos may read and write one folder alone.
    [Fact]
    public async Task A_lasting_cluster_predicts_and_evaluates_as_the_command_does()
    {
        await Prepare(80_000); // 5 parts
        var (iris, allowed) = (Path.Combine(CommandLine.Examples, "data", "iris.csv"), Directory.CreateDirectory(Path.Combine(_folder, "allowed")).FullName);
        foreach (var (from, to) in new[] { (iris, "iris.csv"), (Path.Combine(_folder, "in.csv"), "in.csv"), (Path.Combine(_folder, "iris", "model.safetensors"), "m.safetensors") })
        {
            File.Copy(from, Path.Combine(allowed, to));
        }

        string[] predict = ["predict", "allowed/m.safetensors", "--input", "allowed/in.csv", "--output", "allowed/out.csv"];
        var none = await Run([.. predict, "--cluster"]);
        Assert.Equal(3, none.Code);
        Assert.Contains("granary up", none.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(allowed, "out.csv.parts")));
        using (var up = new CommandLine(_folder, [("GRANARY_DATA_ROOT", allowed), ("GRANARY_OUTPUT_ROOT", allowed)], ["up", "--silos", "2"]))
        {
            Assert.Equal(0, await up.Exit());
        }

        try
        {
            var told = await Run([.. predict, "--cluster"]);
            Assert.Equal((0, "allowed/out.csv: 80,000 rows predicted\n"), (told.Code, told.Output));
            Assert.True(Read("whole.csv").AsSpan().SequenceEqual(Read("allowed/out.csv")));
            Assert.False(Directory.Exists(Path.Combine(allowed, "out.csv.parts")));
            var alone = await Run("evaluate", "allowed/m.safetensors", "--data", "allowed/iris.csv", "--silos", "1");
            Assert.Contains("accuracy", alone.Output, StringComparison.Ordinal);
            Assert.Equal(alone.Output, (await Run("evaluate", "allowed/m.safetensors", "--data", "allowed/iris.csv", "--cluster")).Output);
            Assert.Contains("is under no data root", (await Run("evaluate", "iris", "--data", iris, "--cluster")).Errors, StringComparison.Ordinal);
            foreach (var (model, input, output, message) in new[]
            {
                ("iris", "allowed/in.csv", "allowed/other.csv", "is under no data root"),
                ("allowed/m.safetensors", "in.csv", "allowed/other.csv", "is under no data root"),
                ("allowed/m.safetensors", "allowed/in.csv", "other.csv", "is not under the output root"),
            })
            {
                var refused = await Run("predict", model, "--input", input, "--output", output, "--cluster");
                Assert.Equal(2, refused.Code);
                Assert.Contains(message, refused.Errors, StringComparison.Ordinal);
                Assert.False(Directory.Exists(Path.Combine(_folder, output + ".parts")));
            }
        }
        finally
        {
            await Run("down");
        }
    }

    [LongFact]
    public async Task A_command_that_was_killed_on_a_lasting_cluster_goes_on()
    {
        await Prepare(160_000);
        Assert.Equal(0, (await Run("up", "--silos", "2")).Code);
        try
        {
            await A_killed_command_is_said_again(
                () => Task.CompletedTask,
                () => Task.Run(() => Directory.Move(Parts, Path.Combine(_folder, "removed"))), // as if: silos may be writing into it
                MoreInput,
                () => Run("train", Path.Combine(CommandLine.Examples, "iris-softmax.yaml"), "--silos", "1", "--output", "iris", "--overwrite", "--set", "training.seed=7"));
        }
        finally
        {
            await Run("down");
        }
    }

    private Task MoreInput() => File.AppendAllTextAsync(Path.Combine(_folder, "in.csv"), "1,2,3,4,5\n");

    // The silos still work for it when it is said again, with the same files or others.
    private async Task A_killed_command_is_said_again(params Func<Task>[] changes)
    {
        string[] command = ["predict", "iris", "--input", "in.csv", "--output", "out.csv", "--overwrite", "--cluster"];
        foreach (var change in changes)
        {
            using (var killed = new CommandLine(_folder, command))
            {
                await UntilFinished(1, killed);
                killed.Signal("KILL");
                await killed.Exit();
            }

            await change();
            Assert.Equal(0, (await Run("predict", "iris", "--input", "in.csv", "--output", "whole.csv", "--overwrite")).Code);
            var again = await Run(command);
            Assert.True(again.Code == 0, again.Errors);
            Assert.True(Read("whole.csv").AsSpan().SequenceEqual(Read("out.csv")));
            Assert.False(Directory.Exists(Parts));
        }
    }

    [Theory]
    [InlineData("--silos starts silos, and --cluster takes those of the lasting cluster", "--silos", "2", "--cluster")]
    [InlineData("does not use one: add --cluster.", "--home", "elsewhere")]
    [InlineData("is asked over HTTP, which cannot be asked for this", "--cluster", "--url", "https://granary.example:5000")]
    public async Task Which_silos_must_be_clear(string message, params string[] options)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "in.csv"), "a\n1\n");
        await File.WriteAllTextAsync(Path.Combine(_folder, "m.safetensors"), "");
        foreach (var command in new[] { new[] { "predict", "m.safetensors", "--input", "in.csv", "--output", "out.csv" }, ["evaluate", "m.safetensors", "--data", "in.csv"] })
        {
            var refused = await Run([.. command, .. options]);
            Assert.Equal(2, refused.Code);
            Assert.Contains(message, refused.Errors, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--silos needs an --output that is a file", "--input", "in.csv")]
    [InlineData("--silos needs an --output that is a file", "--input", "in.csv", "--output", "-")]
    [InlineData("which a Parquet file cannot be made of: write csv or jsonl, or leave --silos out.", "--input", "in.csv", "--output", "out.parquet")]
    [InlineData("standard input can be read only once", "--input", "-", "--output", "out.csv")]
    [InlineData("is a pipe, which can be read only once", "--input", "/dev/stdin", "--output", "out.csv")]
    [InlineData("there is no file none.csv", "--input", "none.csv", "--output", "out.csv")]
    [InlineData("this is the file that is read", "--input", "in.csv", "--output", "in.csv", "--overwrite")]
    public async Task What_cannot_be_done_in_parts_is_refused(string message, params string[] options)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "in.csv"), "a\n1\n");
        await File.WriteAllTextAsync(Path.Combine(_folder, "m.safetensors"), "");
        var refused = await Run(["predict", "m.safetensors", .. options, "--silos", "2"]);
        Assert.Equal(2, refused.Code);
        Assert.Contains(message, refused.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Parts));
    }

    [Fact]
    public async Task A_model_that_cannot_be_used_is_told_of_by_a_silo()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "in.csv"), "a\n1\n");
        await File.WriteAllTextAsync(Path.Combine(_folder, "m.safetensors"), "no model");
        var refused = await Run("predict", "m.safetensors", "--input", "in.csv", "--output", "out.csv", "--silos", "1");
        Assert.Equal(2, refused.Code);
        Assert.Contains("no whole safetensors file", refused.Errors, StringComparison.Ordinal);
    }
}
