using Granary.Contracts;
using Granary.Inference;

namespace Granary.Sdk.Tests;

public sealed class GeneratorTests(LocalClusterFixture cluster)
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_transformer_goes_on_from_a_prompt_the_same_for_the_same_seed()
    {
        var text = Path.Combine(cluster.Folder, "text.txt");
        await File.WriteAllTextAsync(text, string.Concat(Enumerable.Repeat("über allen ", 40)), Now);
        var job = new JobBuilder("text").Text(text).Transformer(layers: 1, width: 8, heads: 1, context: 8).Shards(2).Train(epochs: 1, batch: 16).Build();
        var outcome = await (await cluster.Client.SubmitAsync(job, cancellationToken: Now)).WaitAsync(Now);
        using var generator = await Generator.LoadAsync(outcome.Artifacts!.Folder, Now);
        string Say(long seed) => string.Concat(generator.Generate("über", new GenerationOptions { Tokens = 24, Seed = seed }));
        Assert.Equal(24, Say(1).Length);
        Assert.Equal(Say(1), Say(1));
        Assert.NotEqual(Say(1), Say(2));
        Assert.StartsWith("prompt has 'x'", Assert.Throws<ModelRefusedException>(() => generator.Generate("x")).Message);
        Assert.Throws<ArgumentException>(() => generator.Generate(""));
        Assert.Throws<ModelRefusedException>(() => Predictor.Load(outcome.Artifacts.ModelPath));
    }

    [Fact]
    public async Task A_model_is_evaluated_by_the_cluster()
    {
        var job = cluster.Line(epochs: 5);
        var outcome = await (await cluster.Client.SubmitAsync(job, cancellationToken: Now)).WaitAsync(Now);
        var report = await cluster.Client.EvaluateAsync(new EvaluationRequest(outcome.Artifacts!.Folder, job.Data.Path, null), Now);
        Assert.Equal(64, report.Examples);
        await Assert.ThrowsAsync<DataRefusedException>(() => cluster.Client.EvaluateAsync(new EvaluationRequest(outcome.Artifacts.Folder, "/none.csv", null), Now));
    }
}
