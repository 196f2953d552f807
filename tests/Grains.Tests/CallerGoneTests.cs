using System.Globalization;
using Granary.Contracts;
using Granary.Grains.Liveness;
using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Prediction;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests;

/// <summary>A caller who begins a prediction or an evaluation and asks no more: nothing of it stays in the cluster.</summary>
public sealed class CallerGoneTests : IDisposable
{
    private const int Rows = 60_000; // four parts

    private static readonly float[] Weights = [0.1f, -0.2f, 0.3f, 0.4f, 0.5f, -0.6f, -0.7f, 0.8f, 0.9f, 0.05f, -0.1f, 0.2f];

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public CallerGoneTests()
    {
        var job = new Job(1, "m", new ModelSection { Kind = "softmax" }, new DataSection { Format = "csv", Path = "x.csv", Label = "y", Shards = 3 }, new TrainingSection { Epochs = 1 });
        var facts = new DataFacts(new InputShape(3, 3), ["a", "b", "c"], [], [], null) { Columns = ["p", "q", "r"] };
        SavedModel.Write(ModelFile, job, facts, ModelShape.Of(job.Model, facts.Shape), Weights);
        File.WriteAllText(Input, "p,q,r,y\n" + string.Concat(Enumerable.Range(0, Rows).Select(
            i => string.Create(CultureInfo.InvariantCulture, $"{i * 37 % 1009 / 100.0},{i * 61 % 2003 / 500.0},{i % 89},{"abc"[i % 3]}\n"))));
    }

    private string ModelFile => Path.Combine(_folder, "m.safetensors");

    private string Input => Path.Combine(_folder, "in.csv");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<GranaryCluster> Deploy() =>
        GranaryCluster.Deploy(1, _folder, extend: silo => silo.Services.AddSingleton(new CallerPatience(TimeSpan.FromSeconds(0.4))));

    private static async Task NoneIsLeft(GranaryCluster cluster, string name)
    {
        while ((await cluster.Client.GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics()).Any(s => s.GrainType.Contains(name, StringComparison.Ordinal) && s.ActivationCount > 0))
        {
            await Task.Delay(20, TestContext.Current.CancellationToken); // in vain until the test's time is over
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_prediction_ends_and_who_comes_back_has_it_finished()
    {
        await using var cluster = await Deploy();
        var parts = Directory.CreateDirectory(Path.Combine(_folder, "parts")).FullName;
        var request = new PredictionRequest(ModelFile, Input, parts, IsJson: false, Explain: false);
        var grain = cluster.Client.GetGrain<IPredictionGrain>("p");
        await grain.Ask(request);
        await NoneIsLeft(cluster, "Prediction");
        while (await grain.Ask(request) is { IsDone: false } answer)
        {
            Assert.Null(answer.Failure);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        using (MemoryStream joined = new(), whole = new())
        {
            var made = new PredictionParts(parts);
            made.Join(made.Finished(), joined);
            PredictionTable.Write(TrainedModel.Load(ModelFile), Input, whole);
            Assert.Equal(whole.ToArray(), joined.ToArray());
        }

        await NoneIsLeft(cluster, "Prediction");
    }

    [Fact(Timeout = 120_000)]
    public async Task An_evaluation_ends_after_its_answer_and_without_one()
    {
        await using var cluster = await Deploy();
        await GranaryCluster.Evaluate(cluster.Client, ModelFile, Input);
        await NoneIsLeft(cluster, "Evaluation");
        await cluster.Client.GetGrain<IEvaluationGrain>("gone").Ask(new EvaluationRequest(ModelFile, Input, null));
        await NoneIsLeft(cluster, "Evaluation");
        var failed = await GranaryCluster.Evaluate(cluster.Client, ModelFile, Path.Combine(_folder, "nothing.csv")).WaitAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(failed.Failure);
        await NoneIsLeft(cluster, "Evaluation");
    }
}
