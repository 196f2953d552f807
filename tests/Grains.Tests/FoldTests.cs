using System.Globalization;
using System.Text.Json;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Tests;

/// <summary>Jobs that hold out folds or groups, on a test cluster: scikit-learn's figures of the same folds (tests/golden/folds.py), and the same bits on every cluster.</summary>
public sealed class FoldTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed record Found(int[][] Held, Dictionary<string, double>[] Figures);

    private sealed record Golden(long Seed, int Folds, double Penalty, string Table, Found Plain, Found Stratified, Found Groups);

    private static Golden Folds { get; } = JsonSerializer.Deserialize<Golden>(File.ReadAllText(GoldenFiles.Of("folds.json")), JsonSerializerOptions.Web)!;

    private Job Job(string validation, bool number, string training)
    {
        File.WriteAllText(Path.Combine(_folder, "people.csv"), Folds.Table);
        return JobFile.Parse(
            FormattableString.Invariant($$"""
                version: 1
                model: { kind: {{(number ? "linear" : "logistic")}}, precision: float64 }
                data: { format: csv, path: people.csv, label: {{(number ? "t" : "y")}}, ignore: [group, {{(number ? "y" : "t")}}], target: {{(number ? "number" : "auto")}}, standardize: true, shards: 5, validation: { {{validation}} } }
                training: { seed: {{Folds.Seed}}, {{training}} }

                """),
            "folds.yaml", _folder, [], _folder);
    }

    [Theory]
    [InlineData("plain", "")]
    [InlineData("stratified", ", stratified: true")]
    [InlineData("groups", ", group: group")]
    public async Task Each_fold_has_the_figures_of_scikit_learn_s_model_over_the_same_rows(string split, string more)
    {
        var (number, golden) = (split == "plain", split == "plain" ? Folds.Plain : split == "groups" ? Folds.Groups : Folds.Stratified);
        await using var cluster = await GranaryCluster.Deploy(2, _folder);
        var optimizer = string.Create(CultureInfo.InvariantCulture, $"epochs: 300, batch: all, optimizer: {{ kind: lbfgs, weightDecay: {Folds.Penalty}, tolerance: 1e-10 }}");
        for (var fold = 1; fold <= Folds.Folds; fold++)
        {
            var status = await cluster.Run(Job($"fold: {fold}/{Folds.Folds}{more}", number, optimizer));
            Assert.True(status.State == JobState.Completed, status.Failure);
            var result = status.Result!;
            Assert.Equal(golden.Held[fold - 1].Length, result.ValidationExamples);
            var (numbers, classes) = (result.ValidationNumbers, result.ValidationFigures);
            var own = number
                ? new Dictionary<string, double?> { ["mse"] = numbers!.Mse, ["rmse"] = numbers.Rmse, ["mae"] = numbers.Mae, ["r2"] = numbers.R2 }
                : new()
                {
                    ["loss"] = result.ValidationLoss,
                    ["accuracy"] = result.ValidationAccuracy,
                    ["precision"] = classes!.Macro.Precision,
                    ["recall"] = classes.Macro.Recall,
                    ["f1"] = classes.Macro.F1,
                    ["rocAuc"] = classes.Classes[1].RocAuc,
                    ["averagePrecision"] = classes.Classes[1].AveragePrecision,
                    ["brier"] = classes.Probabilities!.Brier,
                };
            var expected = golden.Figures[fold - 1];
            Assert.Equal(expected.Keys.Order(), own.Keys.Order());
            Assert.All(expected, f => Assert.Equal(f.Value, own[f.Key]!.Value, 1e-6));
        }
    }

    [Theory]
    [InlineData("fold: 2/4, stratified: true")]
    [InlineData("fraction: 0.3, group: group")]
    [InlineData("fraction: 0.3, time: t")]
    [InlineData("fraction: 0.3, from: end")] // the last shard has nothing to train on
    public async Task The_weights_do_not_show_the_cluster_nor_a_kill(string validation)
    {
        var found = new List<(string Sha256, double Loss)>();
        foreach (var silos in new[] { 1, 2, 3 })
        {
            await using var cluster = await GranaryCluster.Deploy(silos, _folder, storage: new SharedStorage());
            var job = Job(validation, number: false, "epochs: 30, batch: 16");
            job = job with { Data = job.Data with { Ignore = ["group", .. validation.Contains("time", StringComparison.Ordinal) ? Array.Empty<string>() : ["t"]] } };
            var status = silos < 3 ? await cluster.Run(job) : await cluster.RunThroughAKill(job, step: 40);
            Assert.True(status.State == JobState.Completed, status.Failure);
            found.Add((status.Result!.WeightsSha256, status.Result.ValidationLoss!.Value));
        }

        Assert.Single(found.Distinct());
    }
}
