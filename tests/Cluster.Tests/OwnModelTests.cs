using System.Reflection;

namespace Granary.Cluster.Tests;

/// <summary>The sample of a model of one's own, as its user would run it: their silo's program, the same command line.</summary>
public sealed class OwnModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Metadata(string key) =>
        typeof(OwnModelTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;

    private static string Job => Path.GetFullPath(Path.Combine(Metadata("Root"), "samples/OwnModel/digits-cnn.yaml"));

    private async Task<CommandLine> Run(string? program, params string[] arguments)
    {
        var command = new CommandLine(_folder, program is null ? [] : [("GRANARY_SILO", program)], arguments);
        await command.Exit();
        return command;
    }

    [Fact]
    public async Task It_learns_the_digits_with_the_same_weights_on_one_silo_and_on_two_and_predicts()
    {
        var program = Metadata("OwnModel");
        var hashes = new HashSet<string>();
        foreach (var silos in new[] { "1", "2" })
        {
            using var train = await Run(program, "train", Job, "--silos", silos, "--json", "--output", $"cnn{silos}", "--set", "training.epochs=8", "--set", "model.options.dropout=0.1");
            Assert.Equal("", train.Errors.Contains("granary:", StringComparison.Ordinal) ? train.Errors : "");
            Assert.Equal("completed", train.Json.GetProperty("state").GetString());
            Assert.True(train.Json.GetProperty("validation").GetProperty("accuracy").GetDouble() >= 0.9);
            hashes.Add(train.Json.GetProperty("weightsSha256").GetString()!);
        }

        Assert.Single(hashes);
        using var predict = await Run(program, "predict", "cnn2", "--input", Path.Combine(CommandLine.Examples, "data/digits.csv"));
        var truth = (await File.ReadAllLinesAsync(Path.Combine(CommandLine.Examples, "data/digits.csv")))[1..].Select(l => l.Split(',')[^1]);
        var predicted = predict.Output.TrimEnd().Split('\n')[1..].Select(l => l.Split(',')[0]).ToArray();
        Assert.True(predicted.Zip(truth).Count(p => p.First == p.Second) >= 0.9 * predicted.Length);

        // A cluster evaluates the same model on the same rows: what predict said, counted.
        using var evaluate = await Run(program, "evaluate", "cnn2", "--data", Path.Combine(CommandLine.Examples, "data/digits.csv"), "--silos", "2", "--json");
        await evaluate.Succeeds();
        Assert.Equal("digits-cnn", evaluate.Json.GetProperty("model").GetString());
        Assert.Equal((double)predicted.Zip(truth).Count(p => p.First == p.Second) / predicted.Length, evaluate.Json.GetProperty("accuracy").GetDouble());

        using var sweep = await Run(program, "sweep", Job, "--over", "model.options.channels=2,4", "--set", "training.epochs=1", "--silos", "1", "--json");
        await sweep.Succeeds();
        Assert.All(sweep.Json.GetProperty("jobs").EnumerateArray(), j => Assert.Equal("completed", j.GetProperty("state").GetString()));

        using var stranger = await Run(null, "predict", "cnn2", "--input", "x.csv");
        Assert.Equal(2, await stranger.Exit());
        Assert.Contains("model.kind is digits-cnn, which this silo's program does not know", stranger.Errors);
    }

    [Fact]
    public async Task Its_matrices_are_told_and_mistakes_end_with_one_message_and_code_2()
    {
        using var inspect = await Run(Metadata("OwnModel"), "inspect", Job, "--json");
        Assert.Equal((8 * 9) + 8 + (16 * 8 * 9) + 16 + (64 * 10) + 10, inspect.Json.GetProperty("parameters").GetInt64());
        foreach (var (program, set, message) in new[]
        {
            (Metadata("OwnModel"), "model.kind=digit-cnn", "must be one of logistic, softmax, linear, mlp, cnn, transformer, skip-gram, digits-cnn. Did you mean digits-cnn?"),
            (Metadata("OwnModel"), "model.options.chanels=8", "model.options.chanels is no option of digits-cnn"),
            (null, "training.epochs=1", "digits-cnn.yaml:6: model.kind is 'digits-cnn', but must be one of"),
            ("nowhere.dll", "training.epochs=1", "GRANARY_SILO is nowhere.dll, and there is no such file."),
        })
        {
            using var check = await Run(program, "check", Job, "--set", set);
            Assert.Equal((2, ""), (await check.Exit(), check.Output));
            Assert.Contains(message, check.Errors);
            Assert.Single(check.Errors.Trim().Split('\n'));
        }

        // Of a sweep the values too, before a cluster starts.
        using var sweep = await Run(Metadata("OwnModel"), "sweep", Job, "--over", "model.options.channels=8,no");
        Assert.Equal((2, ""), (await sweep.Exit(), sweep.Output));
        Assert.Equal("granary: model.options.channels is 'no', but must be a whole number of at least 1 and at most 1024.\n", sweep.Errors);
    }
}
