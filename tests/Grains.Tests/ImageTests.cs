using System.Text.Json;
using Granary.Contracts;
using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Prediction;
using Granary.Tests.Images;

namespace Granary.Grains.Tests;

/// <summary>A convolutional network on folders of images, on a test cluster.</summary>
public sealed class ImageTests : IDisposable
{
    private static readonly string[] Classes = ["cross", "ring", "stripes"];

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // The same files, made in one order or the other.
    private string Write(string name, bool backwards)
    {
        var root = Path.Combine(_folder, name);
        var all = Classes.SelectMany(c => Enumerable.Range(0, 24).Select(i => (Class: c, Number: i)));
        foreach (var (label, number) in backwards ? all.Reverse() : all)
        {
            Directory.CreateDirectory(Path.Combine(root, label));
            var random = new Random((number * 10) + Array.IndexOf(Classes, label));
            var (row, column) = (random.Next(3), random.Next(3));
            File.WriteAllBytes(Path.Combine(root, label, $"{number}.png"), PngBytes.Rgb(12, 12, (y, x, c) => random.Next(60) + (Is(label, y - row, x - column) ? 150 + (10 * c) : 0)));
        }

        return root;
    }

    private static bool Is(string label, int y, int x) => y is >= 0 and < 9 && x is >= 0 and < 9 && label switch
    {
        "cross" => y == 4 || x == 4,
        "ring" => Math.Abs(Math.Sqrt(((y - 4) * (y - 4)) + ((x - 4) * (x - 4))) - 3.5) < 0.8,
        _ => y % 3 == 0,
    };

    private static Job Job(string path) => new(
        1,
        "shapes",
        new ModelSection { Kind = "cnn", Channels = [6, 8], Hidden = [12] },
        new DataSection { Format = "images", Path = path, Channels = 1, Height = 10, Width = 11, Shards = 5, Validation = new() { Fraction = 0.25, Stratified = true } },
        new TrainingSection { Epochs = 30, Batch = 16, Seed = 4, Optimizer = new() { Kind = OptimizerKind.Adam, LearningRate = 0.01 }, Checkpoint = new() { Steps = 20, Seconds = 0 } });

    [Fact]
    public async Task The_weights_do_not_show_the_cluster_a_kill_or_the_order_of_the_files_on_disk()
    {
        var found = new List<(string Sha256, string Figures)>();
        foreach (var silos in new[] { 1, 2, 3 })
        {
            var job = Job(Write($"set{silos}", backwards: silos == 2));
            await using var cluster = await GranaryCluster.Deploy(silos, _folder, storage: new SharedStorage());
            var status = silos < 3 ? await cluster.Run(job) : await cluster.RunThroughAKill(job, step: 40);
            Assert.True(status.State == JobState.Completed, status.Failure);
            Assert.InRange(status.Result!.ValidationAccuracy!.Value, 0.8, 1);
            found.Add((status.Result.WeightsSha256, JsonSerializer.Serialize(new { status.Result.ValidationLoss, status.Result.ValidationAccuracy, status.Result.ValidationFigures })));
            Said(status.Result.Output, job.Data.Path);
        }

        Assert.Single(found.Distinct());
    }

    // By predict: a line for each file, most of which are right.
    private static void Said(string output, string images)
    {
        var text = new MemoryStream();
        PredictionTable.Write(TrainedModel.Load(output), images, text);
        var lines = System.Text.Encoding.UTF8.GetString(text.ToArray()).TrimEnd().Split('\n')[1..].Select(l => l.Split(',')).ToArray();
        Assert.Equal(72, lines.Length);
        Assert.Equal(lines.Select(l => l[0]).Order(StringComparer.Ordinal), lines.Select(l => l[0]));
        Assert.True(lines.Count(l => l[0].StartsWith(l[1] + "/", StringComparison.Ordinal)) >= 62, "some are wrong");
    }

    [Fact]
    public async Task A_model_is_evaluated_on_a_folder_with_the_same_digits_on_any_cluster()
    {
        var path = Write("set", backwards: false);
        string output;
        await using (var cluster = await GranaryCluster.Deploy(1, _folder))
        {
            output = (await cluster.Run(Job(path))).Result!.Output;
        }

        var reports = new List<string>();
        foreach (var silos in new[] { 1, 3 })
        {
            reports.Add(await SmallCluster.With(
                _folder, async grains => JsonSerializer.Serialize((await GranaryCluster.Evaluate(grains, output, Write("other", backwards: true))).Report), [.. Enumerable.Repeat("cpu", silos)]));
        }

        Assert.Equal(reports[0], reports[1]);
        Assert.Contains("\"Examples\":72", reports[0], StringComparison.Ordinal);
    }
}
