using System.Globalization;
using System.Text;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Tests;

/// <summary>Training from text, and from the rows that are kept beside it.</summary>
public sealed class RowCacheTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_cache_does_not_show_in_the_weights_nor_in_what_was_counted()
    {
        // Two shards that are each just large enough to be kept.
        var path = Path.Combine(_folder, "data.csv");
        var text = new StringBuilder(string.Join(',', Enumerable.Range(0, 40).Select(f => $"f{f}"))).Append(",y\n");
        var random = new Random(3);
        while (text.Length < 8_600_000)
        {
            for (var f = 0; f < 40; f++)
            {
                text.Append(CultureInfo.InvariantCulture, $"{Math.Round(random.NextDouble() - 0.5, 5)},");
            }

            text.Append(random.Next(2) == 0 ? "a\n" : "b\n");
        }

        await File.WriteAllTextAsync(path, text.ToString());
        var found = new List<(string Sha256, long Step, long Examples, double? Loss)>();
        foreach (var (silos, cache, files) in new[] { (1, false, 0), (2, true, 2), (2, true, 2), (1, true, 2) })
        {
            await using var cluster = await GranaryCluster.Deploy(silos, _folder);
            var status = await cluster.Run(new Job(
                1,
                "cached",
                new ModelSection { Kind = "logistic" },
                new DataSection { Format = "csv", Path = path, Label = "y", Standardize = true, Shards = 2, Cache = cache, Validation = new() { Fraction = 0.1 } },
                new TrainingSection { Epochs = 2, Batch = 1024 }));
            Assert.True(status.State == JobState.Completed, status.Failure);
            found.Add((status.Result!.WeightsSha256, status.Step, status.Examples, status.Result.TrainLoss));
            var kept = Path.Combine(_folder, DataFiles.CacheFolder);
            Assert.Equal(files, Directory.Exists(kept) ? Directory.GetFiles(kept).Length : 0);
        }

        Assert.Single(found.Distinct());
    }
}
