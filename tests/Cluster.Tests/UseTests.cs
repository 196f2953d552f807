namespace Granary.Cluster.Tests;

/// <summary>What a user does with a model, command by command.</summary>
public sealed class UseTests : IDisposable
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
    public async Task A_classifier_is_trained_used_exported_and_trained_on()
    {
        Assert.Equal(0, (await Run("train", Example("iris-softmax.yaml"), "--silos", "1", "--output", "iris")).Code);
        var predict = await Run("predict", "iris", "--input", Example("data/iris.csv"), "--output", "preds.csv");
        Assert.Equal((0, ""), (predict.Code, predict.Output));
        Assert.Contains("150 rows predicted; columns the model does not know: label", predict.Errors);
        var predicted = (await File.ReadAllLinesAsync(Path.Combine(_folder, "preds.csv")))[1..].Select(l => l.Split(',')[0]).ToArray();
        var truth = (await File.ReadAllLinesAsync(Example("data/iris.csv")))[1..].Select(l => l.Split(',')[^1]).ToArray();
        Assert.True(predicted.Zip(truth).Count(p => p.First == p.Second) >= 140); // wrong columns or scaling would be far below

        // A cluster evaluates the same model on the same rows: what predict said, counted.
        var evaluate = await CommandLine.Run(_folder, "evaluate", "iris", "--data", Example("data/iris.csv"), "--json", "--silos", "2");
        Assert.True(await evaluate.Exit() == 0, evaluate.Errors);
        string[] classes = [.. evaluate.Json.GetProperty("classes").EnumerateArray().Select(c => c.GetString()!)];
        Assert.Equal(["setosa", "versicolor", "virginica"], classes);
        Assert.Equal(predicted.Zip(truth).Count(p => p.First == p.Second) / 150.0, evaluate.Json.GetProperty("accuracy").GetDouble());
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(
                classes.Select(c => predicted.Zip(truth).Count(p => p == (c, classes[i]))),
                evaluate.Json.GetProperty("confusion")[i].EnumerateArray().Select(n => n.GetInt32()));
        }

        var strange = await Run("evaluate", "iris", "--data", Example("data/digits.csv"), "--silos", "1");
        Assert.Equal((2, ""), (strange.Code, strange.Output));
        Assert.Contains("digits.csv:1: there is no column 'sepal_length'", strange.Errors);

        foreach (var format in new[] { "safetensors", "npz" })
        {
            var export = await Run("export", "iris", "--format", format, "--output", $"iris.{format}");
            Assert.Equal(0, export.Code);
            Assert.Contains("2 tensors, 15 weights", export.Errors);
        }

        // Started where training ended, whatever the number of silos: the same weights, and not those of the first run.
        var hashes = new HashSet<string>();
        foreach (var silos in new[] { "1", "3" })
        {
            using var train = await CommandLine.Run(
                _folder, "train", Example("iris-softmax.yaml"), "--silos", silos, "--json", "--set", "model.init=iris.safetensors", "--set", "training.epochs=2");
            Assert.Equal(0, await train.Exit());
            Assert.Contains("iris.safetensors: all 2 parameters are taken.", train.Errors);
            Assert.True(train.Json.GetProperty("validation").GetProperty("accuracy").GetDouble() > 0.9); // from zero, two epochs reach less
            hashes.Add(train.Json.GetProperty("weightsSha256").GetString()!);
        }

        Assert.Single(hashes);
        var other = await Run("train", Example("digits-mlp.yaml"), "--set", "model.init=iris.safetensors");
        Assert.Equal(2, other.Code);
        Assert.Contains("Nothing could be taken", other.Errors);
    }

    [Fact]
    public async Task An_interrupted_run_and_a_finished_one_are_trained_on_to_the_same_bits()
    {
        string[] whole = [Example("digits-mlp.yaml"), "--json", "--set", "training.epochs=150", "--set", "training.optimizer.kind=adam", "--set", "training.optimizer.learningRate=0.001"];
        using var expected = await CommandLine.Run(_folder, ["train", .. whole, "--silos", "1"]);
        Assert.Equal(0, await expected.Exit());
        using var train = new CommandLine(_folder, ["train", .. whole, "--silos", "2", "--output", "run"]);
        train.WaitFor("epoch ");
        train.PressCtrlC();
        Assert.Equal(130, await train.Exit());
        Assert.Equal("cancelled", train.Json.GetProperty("state").GetString());

        // Into the very folder that it comes from.
        using var rest = await CommandLine.Run(_folder, ["train", .. whole, "--silos", "1", "--continue", "run", "--output", "run"]);
        Assert.True(await rest.Exit() == 0, rest.Errors);
        Assert.Equal(expected.Json.GetProperty("weightsSha256").GetString(), rest.Json.GetProperty("weightsSha256").GetString());
        Assert.Equal(expected.Json.GetProperty("examples").GetInt64(), rest.Json.GetProperty("examples").GetInt64());

        var done = await Run(["train", .. whole, "--continue", "run"]);
        Assert.Equal((2, ""), (done.Code, done.Output));
        Assert.Contains("--continue run: the run has all of its 150 epochs: set more", done.Errors);
        var other = await Run(["train", .. whole, "--continue", "run", "--set", "training.batch=32"]);
        Assert.Equal(2, other.Code);
        Assert.Contains("training.batch is 32 here, 64 there", other.Errors);
        Assert.Contains("this is no output folder of a job", (await Run(["train", .. whole, "--continue", "nowhere"])).Errors);
    }

    [Fact]
    public async Task A_sweep_ranks_its_jobs_and_says_why_one_failed()
    {
        using var sweep = await CommandLine.Run(
            _folder, "sweep", Example("digits-mlp.yaml"), "--over", "training.optimizer.learningRate=0.01,0.1,1e30", "--over", "model.hidden=[8],[16]", "--set",
            "training.epochs=2", "--silos", "1", "--jobs", "2", "--json");
        Assert.True(await sweep.Exit() == 0, sweep.Errors);
        var jobs = sweep.Json.GetProperty("jobs").EnumerateArray().ToArray();
        Assert.Equal(6, jobs.Length);
        double[] losses = [.. jobs[..4].Select(j => j.GetProperty("loss").GetDouble())];
        Assert.Equal(losses.Order(), losses);
        Assert.All(jobs[..4], j => Assert.Equal("completed", j.GetProperty("state").GetString()));
        Assert.All(jobs[4..], j => Assert.Equal(
            ("failed", "1e30"), (j.GetProperty("state").GetString(), j.GetProperty("over").GetProperty("training.optimizer.learningRate").GetString())));
        Assert.All(jobs[4..], j => Assert.Matches(@"^failed: step \d+, .* became (NaN|infinite)", j.GetProperty("failure").GetString()));

        // Each is the job that its values make, wherever it ran and beside whom.
        var best = jobs[0].GetProperty("over");
        using var alone = await CommandLine.Run(
            _folder, "train", Example("digits-mlp.yaml"), "--json", "--set", "training.epochs=2",
            "--set", $"model.hidden={best.GetProperty("model.hidden").GetString()}",
            "--set", $"training.optimizer.learningRate={best.GetProperty("training.optimizer.learningRate").GetString()}");
        Assert.Equal(alone.Json.GetProperty("weightsSha256").GetString(), jobs[0].GetProperty("weightsSha256").GetString());
    }

    [Fact]
    public async Task A_transformer_goes_on_from_a_prompt_the_same_way_for_the_same_seed()
    {
        Assert.Equal(0, (await Run(
            "train", Example("source-transformer.yaml"), "--silos", "2", "--output", "gpt", "--set", "model.layers=2", "--set", "model.width=64",
            "--set", "training.epochs=2")).Code);
        string[] generate = ["generate", "gpt", "--prompt", "public ", "--temperature", "0.8", "--top-k", "10", "--tokens", "50"];
        var first = await Run([.. generate, "--seed", "3"]);
        Assert.Equal(0, first.Code);
        Assert.StartsWith("public ", first.Output);
        Assert.Equal(first.Output, (await Run([.. generate, "--seed", "3"])).Output);
        Assert.NotEqual(first.Output, (await Run([.. generate, "--seed", "4"])).Output);
        var unknown = await Run("generate", "gpt", "--prompt", "日本");
        Assert.Equal((2, ""), (unknown.Code, unknown.Output));
        Assert.Contains("--prompt has '日' (U+65E5) as character 1, which gpt/model.safetensors has never seen", unknown.Errors);
        await ItsTextIsMoreLikeTheSourceThanABigramModelS();
        var predict = await Run("predict", "gpt", "--input", Example("data/iris.csv"));
        Assert.Equal(2, predict.Code);
        Assert.Contains("this is a transformer model", predict.Errors);
    }

    // A smaller GPT than the example's after a third of its epochs misspells much, but its text is nearer to the held-out text, as a bigram
    // model sees both, than the text that this bigram model makes itself at the same temperature, and its brackets fit better.
    private async Task ItsTextIsMoreLikeTheSourceThanABigramModelS()
    {
        const int Seeds = 6;
        const int Tokens = 1500;
        const int BigramSeeds = 40; // they cost nothing: what is compared with does not depend on luck
        const double Temperature = 0.8;
        var source = await File.ReadAllTextAsync(Example("data/granary-source.txt")); // ASCII: a character is a byte
        var runs = Enumerable.Range(0, 8).Select(v => source[(source.Length * v / 8)..(source.Length * (v + 1) / 8)]).ToArray();
        var held = runs.Select(r => r[(int)(r.Length * 0.9)..]).ToArray();
        var bigrams = new BigramText(runs.Select(r => r[..(int)(r.Length * 0.9)]), source);
        var generated = (await Task.WhenAll(Enumerable.Range(1, Seeds).Select(seed => Run(
            "generate", "gpt", "--prompt", "public ", "--temperature", "0.8", "--seed", $"{seed}", "--tokens", $"{Tokens}")))).Select(g => g.Output).ToArray();
        string[] Sampled(double temperature) => [.. Enumerable.Range(1, BigramSeeds).Select(seed => bigrams.Sample(seed, Tokens, temperature))];
        var (sampled, plain) = (Sampled(Temperature), Sampled(1));
        var real = bigrams.Loss(held);
        var (gap, bigramGap) = (Math.Abs(bigrams.Loss(generated) - real), Math.Abs(bigrams.Loss(sampled) - real));
        var (alone, bigramAlone) = (BigramText.Unbalanced(generated), Math.Min(BigramText.Unbalanced(sampled), BigramText.Unbalanced(plain)));
        var figures = string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"perplexity gap {gap:F4} nats against {bigramGap:F4}; brackets alone {alone:F3} against {bigramAlone:F3}");
        TestContext.Current.SendDiagnosticMessage(figures);
        Assert.True(gap < bigramGap, figures); // over five training seeds 0.04 to 0.20 against 0.52
        Assert.True(alone < bigramAlone, figures); // 0.44 to 0.52 against 0.62
        Assert.True(BigramText.Unbalanced(held) < 0.1); // what the measure says of text that is right
    }

    [Fact]
    public async Task Byte_pairs_do_not_show_the_cluster_and_go_with_the_model()
    {
        var hashes = new HashSet<string>();
        foreach (var silos in new[] { "1", "3" })
        {
            using var train = await CommandLine.Run(
                _folder, "train", Example("source-transformer.yaml"), "--silos", silos, "--json", "--output", "bpe", "--set", "data.tokens=bpe",
                "--set", $"data.vocab={Example("data/source-vocab.json")}", "--set", $"data.merges={Example("data/source-merges.txt")}",
                "--set", "model.layers=1", "--set", "model.width=32", "--set", "training.epochs=1", "--set", "training.batch=256");
            Assert.Equal(0, await train.Exit());
            hashes.Add(train.Json.GetProperty("weightsSha256").GetString()!);
        }

        Assert.Single(hashes);
        var generate = await Run("generate", "bpe", "--prompt", "public sealed", "--tokens", "20");
        Assert.Equal(0, generate.Code);
        Assert.StartsWith("public sealed", generate.Output);
    }

    [Theory]
    [InlineData("cannot be read", "predict", "none", "--input", "x.csv")]
    [InlineData("no whole safetensors file", "predict", "x.csv", "--input", "x.csv")]
    [InlineData("no whole safetensors file", "generate", "x.csv", "--prompt", "a")]
    [InlineData("no whole safetensors file", "export", "x.csv", "--output", "y")]
    [InlineData("no whole safetensors file", "neighbours", "x.csv", "a")]
    [InlineData("no whole safetensors file", "evaluate", "x.csv", "--data", "x.csv", "--silos", "1")]
    [InlineData("there is no model none", "evaluate", "none", "--data", "x.csv")]
    [InlineData("--data: there is no file none.csv", "evaluate", "x.csv", "--data", "none.csv")]
    [InlineData("--count is 0", "neighbours", "x.csv", "a", "--count", "0")]
    [InlineData("the job file cannot be read", "sweep", "none.yaml", "--over", "training.batch=1,2")]
    [InlineData("this must be key=value,value", "sweep", "none.yaml", "--over", "training.batch")]
    [InlineData("--prompt is empty", "generate", "x.csv", "--prompt", "")]
    [InlineData("--temperature is -1", "generate", "x.csv", "--prompt", "a", "--temperature=-1")]
    [InlineData("--tokens is 0", "generate", "x.csv", "--prompt", "a", "--tokens", "0")]
    [InlineData("'onnx'", "export", "x.csv", "--format", "onnx", "--output", "y")]
    public async Task A_mistake_ends_with_one_message_and_code_2(string message, params string[] arguments)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "x.csv"), "this,is,no\nmodel,at,all\n");
        var (code, output, errors) = await Run(arguments);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(message, errors);
        Assert.Single(errors.Trim().Split('\n'));
    }
}
