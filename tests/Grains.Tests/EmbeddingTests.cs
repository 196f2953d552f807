using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Tests;

/// <summary>Vectors of categories that are learnt on a test cluster: the same bits on every cluster, and after a kill.</summary>
public sealed class EmbeddingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Of four cities two are warm, and so is where there is none, which no number of the row says.
    private Job Job(string target, string precision)
    {
        string[] cities = ["Ulm", "Jena", "Bonn", "Kiel"];
        var rows = Enumerable.Range(0, 120).Select(i => (Number: (i * 37 % 101) / 101.0, City: i % 13 == 0 ? "" : cities[i * 7 % 4], Code: $"c{i * 11 % 30}", Warm: i % 13 == 0 || i * 7 % 4 < 2))
            .Select(r => FormattableString.Invariant($"{r.Number:F4},{r.City},{r.Code},{(r.Warm ? "warm" : "cold")},{(r.Warm ? 20 : 5) + r.Number:F4}"));
        File.WriteAllLines(Path.Combine(_folder, "towns.csv"), ["x,city,code,feels,degrees", .. rows]);
        return JobFile.Parse(
            $$"""
            version: 1
            model: { kind: mlp, hidden: [6], precision: {{precision}}{{(target == "degrees" ? ", loss: squared-error" : "")}} }
            data:
              format: csv
              path: towns.csv
              label: {{target}}
              ignore: [{{(target == "degrees" ? "feels" : "degrees")}}]
              shards: 5
              target: {{(target == "degrees" ? "number" : "classes")}}
              {{(target == "degrees" ? "standardizeTarget: true" : "delimiter: \",\"")}}
              columns:
                city: { kind: categorical, missing: slot, embedding: 3 }
                code: { kind: categorical, buckets: 16, embedding: 2 }
              validation: { fraction: 0.2 }
            training: { epochs: 30, batch: 16, seed: 3, optimizer: { kind: adam, learningRate: 0.02 } }
            """, "towns.yaml", _folder, [], _folder);
    }

    [Theory]
    [InlineData("feels", "float32")]
    [InlineData("degrees", "float64")]
    public async Task The_weights_do_not_show_the_cluster_nor_a_kill(string target, string precision)
    {
        var (job, found) = (Job(target, precision), new List<(string Sha256, double Loss)>());
        foreach (var silos in new[] { 1, 2, 3 })
        {
            await using var cluster = await GranaryCluster.Deploy(silos, _folder);
            var status = silos < 3 ? await cluster.Run(job) : await cluster.RunThroughAKill(job, step: 40);
            Assert.True(status.State == JobState.Completed, status.Failure);
            found.Add((status.Result!.WeightsSha256, status.Result.ValidationLoss!.Value));
        }

        Assert.Single(found.Distinct());
        Assert.True(found[0].Loss < 0.2, $"{found[0].Loss}"); // without the city it is 0.69, or 1
    }
}
