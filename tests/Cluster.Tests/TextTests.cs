namespace Granary.Cluster.Tests;

/// <summary>A text model, from training to its text.</summary>
public sealed class TextTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Example(string name) => Path.Combine(CommandLine.Examples, name);

    private async Task<(int Code, string Output, string Errors)> Run(params string[] arguments)
    {
        using var command = await CommandLine.Run(_folder, arguments);
        return (await command.Exit(), command.Output, command.Errors);
    }

    private async Task Train(params string[] more) => Assert.Equal(0, (await Run(
        ["train", Example("source-transformer.yaml"), "--silos", "1", "--output", "gpt", "--set", "model.layers=2", .. more])).Code);

    [Fact]
    public async Task A_transformer_goes_on_from_a_prompt_the_same_way_for_the_same_seed()
    {
        await Train("--set", "model.width=32", "--set", "training.epochs=1", "--set", "training.batch=256");
        string[] generate = ["generate", "gpt", "--prompt", "public ", "--temperature", "0.8", "--top-k", "10", "--tokens", "50"];
        var first = await Run([.. generate, "--seed", "3"]);
        Assert.Equal(0, first.Code);
        Assert.StartsWith("public ", first.Output);
        Assert.Equal(first.Output, (await Run([.. generate, "--seed", "3"])).Output);
        Assert.NotEqual(first.Output, (await Run([.. generate, "--seed", "4"])).Output);
        var unknown = await Run("generate", "gpt", "--prompt", "日本");
        Assert.Equal((2, ""), (unknown.Code, unknown.Output));
        Assert.Contains("--prompt has '日' (U+65E5) as character 1, which gpt/model.safetensors has never seen", unknown.Errors);
        var predict = await Run("predict", "gpt", "--input", Example("data/iris.csv"));
        Assert.Equal(2, predict.Code);
        Assert.Contains("this is a transformer model", predict.Errors);
    }

    // A smaller GPT than the example's after a third of its epochs misspells much, but its text is nearer to the held-out text, as a bigram
    // model sees both, than the text that this bigram model makes itself at the same temperature, and its brackets fit better.
    [LongFact]
    public async Task Its_text_is_more_like_the_source_than_a_bigram_model_s()
    {
        await Train("--set", "model.width=64", "--set", "training.epochs=2");
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
    public async Task Byte_pairs_go_with_the_model()
    {
        var train = await Run(
            "train", Example("source-transformer.yaml"), "--silos", "1", "--output", "bpe", "--set", "data.tokens=bpe",
            "--set", $"data.vocab={Example("data/source-vocab.json")}", "--set", $"data.merges={Example("data/source-merges.txt")}",
            "--set", "model.layers=1", "--set", "model.width=32", "--set", "training.epochs=1", "--set", "training.batch=256");
        Assert.True(train.Code == 0, train.Errors);
        var generate = await Run("generate", "bpe", "--prompt", "public sealed", "--tokens", "20");
        Assert.Equal(0, generate.Code);
        Assert.StartsWith("public sealed", generate.Output);
    }
}
