using System.Text.Json;
using Granary.Contracts;
using Granary.Jobs;
using Granary.Model.Files;

namespace Granary.Grains.Tests;

/// <summary>A mixed table on a test cluster: the optimum and figures of scikit-learn's pipelines (tests/golden/columns.py), and the same bits on every cluster.</summary>
public sealed class ColumnTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed record Golden(double Penalty, string Training, string Held, double[] W, double B, Dictionary<string, double> Figures);

    private static Golden Table { get; } = JsonSerializer.Deserialize<Golden>(File.ReadAllText(GoldenFiles.Of("columns.json")), JsonSerializerOptions.Web)!;

    private const string Data = """
        data:
          format: csv
          path: people.csv
          label: y
          shards: 5
          columns:
            age: { kind: numeric, scale: standard, missing: mean }
            income: { kind: numeric, scale: robust, missing: median, clip: [5000, 90000] }
            score: { kind: numeric, scale: min-max, missing: constant, fill: 0.5 }
            city: { kind: categorical, missing: slot }
            code: { kind: categorical, buckets: 16 }
            member: boolean
            joined: { kind: date, missing: mean }
            note: { kind: text, buckets: 32, ngrams: 2, missing: constant, fill: "" }

        """;

    private Job Job(string rest)
    {
        File.WriteAllText(Path.Combine(_folder, "people.csv"), Table.Training);
        File.WriteAllText(Path.Combine(_folder, "held.csv"), Table.Held);
        return JobFile.Parse($"version: 1\n{Data}{rest}", "mixed.yaml", _folder, [], _folder);
    }

    [Fact]
    public async Task Two_silos_reach_scikit_learn_s_optimum_and_figures()
    {
        await using var cluster = await GranaryCluster.Deploy(2, _folder);
        var job = Job(FormattableString.Invariant($"model: {{ kind: logistic, precision: float64 }}\ntraining: {{ epochs: 300, batch: all, optimizer: {{ kind: lbfgs, weightDecay: {Table.Penalty}, tolerance: 1e-10 }} }}\n"));
        var status = await cluster.Run(job);
        Assert.True(status.State == JobState.Completed, status.Failure);
        var model = TrainedModel.Load(status.Result!.Output);
        Assert.Equal(Table.W.Length + 1, model.Weights.Length);
        Assert.All(model.Weights.Zip(Table.W.Append(Table.B)), pair => Assert.Equal(pair.Second, pair.First, 1e-6));

        var answer = await GranaryCluster.Evaluate(cluster.Client, status.Result.Output, Path.Combine(_folder, "held.csv"));
        Assert.Null(answer.Failure);
        Assert.Equal(Table.Figures["loss"], answer.Report!.Loss, 1e-6);
        Assert.Equal(Table.Figures["accuracy"], answer.Report.Accuracy, 1e-12);
        Assert.Equal(Table.Figures["auc"], answer.Report.RocAuc!.Value, 1e-12);
    }

    // So many features that they are not written out.
    [Theory]
    [InlineData("lbfgs, weightDecay: 0.01", "all")]
    [InlineData("sgd, learningRate: 0.1", "500")]
    public async Task The_weights_of_a_wide_table_do_not_show_the_cluster_either(string optimizer, string batch)
    {
        var random = new Random(5);
        File.WriteAllText(Path.Combine(_folder, "wide.csv"), "name,size,y\n" + string.Concat(Enumerable.Range(0, 20_000).Select(_ =>
        {
            var (name, size) = (random.Next(3000), FormattableString.Invariant($"{random.NextDouble():0.###}"));
            return FormattableString.Invariant($"id{name},{(random.Next(9) == 0 ? "" : size)},{(random.NextDouble() < 0.2 + (0.6 * (name % 2)) ? 1 : 0)}\n");
        })));
        var found = new List<(string Sha256, double Loss)>();
        foreach (var silos in new[] { 1, 2, 3 })
        {
            await using var cluster = await GranaryCluster.Deploy(silos, _folder);
            var job = JobFile.Parse($$"""
                version: 1
                model: { kind: logistic }
                data:
                  format: csv
                  path: wide.csv
                  label: y
                  shards: 3
                  columns:
                    name: { kind: categorical, buckets: 2048 }
                    size: { kind: numeric, scale: standard, missing: slot }
                  validation: { fraction: 0.1 }
                training: { epochs: 4, batch: {{batch}}, optimizer: { kind: {{optimizer}} } }

                """, "wide.yaml", _folder, [], _folder);
            var status = await cluster.Run(job);
            Assert.True(status.State == JobState.Completed, status.Failure);
            found.Add((status.Result!.WeightsSha256, status.Result.ValidationLoss!.Value));
        }

        Assert.Single(found.Distinct());
    }

    [Fact]
    public async Task The_weights_do_not_show_the_cluster_nor_a_kill()
    {
        var found = new List<(string Sha256, double Loss)>();
        foreach (var silos in new[] { 1, 2, 3 })
        {
            await using var cluster = await GranaryCluster.Deploy(silos, _folder);
            var job = Job("model: { kind: mlp, hidden: [5] }\ntraining: { epochs: 30, batch: 16, seed: 3 }\n");
            job = job with { Data = job.Data with { Validation = new() { Fraction = 0.2 } } };
            var status = silos < 3 ? await cluster.Run(job) : await cluster.RunThroughAKill(job, step: 40);

            Assert.True(status.State == JobState.Completed, status.Failure);
            found.Add((status.Result!.WeightsSha256, status.Result.ValidationLoss!.Value));
        }

        Assert.Single(found.Distinct());
    }
}
