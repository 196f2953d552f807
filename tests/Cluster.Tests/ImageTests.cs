namespace Granary.Cluster.Tests;

/// <summary>Folders of images, as a user trains on them.</summary>
[Collection(RecoveryScenario.OneByOne)]
public sealed class ImageTests : RecoveryScenario
{
    private const int Images = 180;

    private static readonly string Shapes = Path.Combine(CommandLine.Examples, "shapes-cnn.yaml");

    private static readonly string Data = Path.Combine(CommandLine.Examples, "data", "shapes");

    [Fact]
    public async Task Shapes_are_checked_learnt_predicted_and_evaluated()
    {
        using var check = await Run("check", Shapes);
        await check.Succeeds();
        Assert.Contains("images      3 x 16 x 16 (channels x height x width)\n", check.Output);
        Assert.Contains("label       3 classes\n", check.Output);
        Assert.Matches($@"data        images, {Images} files: 00\.png, .* and {Images - 5} more \(.*, PNG\)\n", check.Output);
        Assert.Matches(@"\ntriangle +45 +15\n", check.Output);

        using var inspect = await Run("inspect", Shapes, "--json");
        await inspect.Succeeds();
        var weights = (8 * 27) + 8 + (16 * 72) + 16 + (16 * 256) + 16 + (3 * 16) + 3;
        Assert.Equal(weights, inspect.Json.GetProperty("parameters").GetInt64());

        using var train = await Run("train", Shapes, "--silos", "2", "--output", "shapes", "--json");
        await train.Succeeds();
        Assert.InRange(train.Json.GetProperty("validation").GetProperty("accuracy").GetDouble(), 0.8, 1);

        using var predict = await Run("predict", "shapes", "--input", Data);
        await predict.Succeeds();
        var lines = predict.Output.TrimEnd().Split('\n');
        Assert.Equal("file,class,probability.disc,probability.square,probability.triangle", lines[0]);
        var right = lines[1..].Select(l => l.Split(',')).Count(l => l[0].StartsWith(l[1] + "/", StringComparison.Ordinal));
        Assert.Equal(Images, lines.Length - 1);

        // The same counted by a cluster.
        using var evaluate = await Run("evaluate", "shapes", "--data", Data, "--silos", "2", "--json");
        await evaluate.Succeeds();
        Assert.Equal((double)right / Images, evaluate.Json.GetProperty("accuracy").GetDouble());

        using var export = await Run("export", "shapes", "--format", "onnx", "--output", "shapes.onnx");
        await export.Succeeds();
        Assert.Contains("features float32 [N, 768] -> label string [N], probabilities float32 [N, 3]", export.Output + export.Errors);
    }

    [Fact]
    public async Task A_lasting_cluster_ends_with_the_weights_of_one_silo_and_the_audit_passes()
    {
        string[] job = [Shapes, "--set", "training.epochs=20"];
        using var train = await Run(["train", .. job, "--silos", "1", "--json"]);
        await train.Succeeds();
        await Up(3);
        using var submit = await Run(["submit", .. job, "--detach", "--json"]);
        await submit.Succeeds();
        await EndsAs(train.Json.GetProperty("weightsSha256").GetString()!, submit.Json.GetProperty("job").GetString()!);
    }

    [Fact]
    public async Task A_damaged_image_ends_with_one_message_that_names_it_and_code_2()
    {
        foreach (var file in Directory.GetFiles(Data, "*.png", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(Folder, "data", "shapes", Path.GetRelativePath(Data, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        File.Copy(Shapes, Path.Combine(Folder, "shapes-cnn.yaml"));
        var bad = Path.Combine(Folder, "data", "shapes", "square", "07.png");
        await File.WriteAllBytesAsync(bad, (await File.ReadAllBytesAsync(bad))[..^20]);
        foreach (var command in new[] { "check", "train" })
        {
            using var run = await Run(command, "shapes-cnn.yaml");
            Assert.Equal(2, await run.Exit());
            Assert.Contains("shapes/square/07.png: it is cut off after ", CommandLine.OneError(run.Errors));
        }

        // Without sizes, all must be alike.
        using var sizes = await Run("check", "shapes-cnn.yaml", "--set", "data.height=12");
        Assert.Equal(2, await sizes.Exit());
        Assert.Contains("data.height stands without data.width", sizes.Errors);
        using var rows = await Run("check", Path.Combine(CommandLine.Examples, "digits-mlp.yaml"), "--set", "model={kind: cnn}");
        Assert.Equal(2, await rows.Exit());
        Assert.Contains("the model takes images [channels, height, width], but an example of this data is 64 numbers in a row", CommandLine.OneError(rows.Errors));
    }
}
