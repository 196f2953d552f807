using System.Buffers.Binary;
using System.Globalization;
using Granary.Contracts;
using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Prediction;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Granary.Extensions.Tests;

/// <summary>Models of one's own with ends of other kinds than rows and classes: images, numbers, several labels.</summary>
public sealed class OwnEndsTests : IDisposable
{
    private const int Side = 6;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string File(string name) => Path.Combine(_folder, name);

    private Job Job(string model, string data, params string[] overrides) => JobFile.Parse(
        $$"""
        version: 1
        name: ends
        model: { {{model}} }
        data: { {{data}}, shards: 3 }
        training: { epochs: 12, batch: 16, seed: 2, optimizer: { kind: adam, learningRate: 0.02 }, checkpoint: { steps: 20, seconds: 0 } }
        """,
        "ends.yaml",
        _folder,
        overrides,
        _folder);

    // Stripes that lie, and stripes that stand, in noise.
    private string Stripes()
    {
        var random = new Random(3);
        var labels = Enumerable.Range(0, 120).Select(i => (byte)(i % 2)).ToArray();
        var pixels = labels.SelectMany(label => Enumerable.Range(0, Side * Side).Select(i =>
            (byte)(random.Next(90) + ((label == 0 ? i / Side : i % Side) % 2 * 120)))).ToArray();
        System.IO.File.WriteAllBytes(File("images.idx"), [0, 0, 8, 3, .. Word(120), .. Word(Side), .. Word(Side), .. pixels]);
        System.IO.File.WriteAllBytes(File("labels.idx"), [0, 0, 8, 1, .. Word(120), .. labels]);
        return "format: idx, path: images.idx, labels: labels.idx";
    }

    private static byte[] Word(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }

    // y = 3 x1 - 2 x2 + 5, every tenth far off; and two labels, one for each sign.
    private void Table()
    {
        var random = new Random(4);
        System.IO.File.WriteAllLines(File("table.csv"), Enumerable.Range(0, 150).Select(i =>
        {
            var (a, b) = ((2 * random.NextDouble()) - 1, (2 * random.NextDouble()) - 1);
            var y = (3 * a) - (2 * b) + 5 + (i % 10 == 0 ? 100 : 0);
            return string.Create(CultureInfo.InvariantCulture, $"{a:R},{b:R},{y:R},{(a > 0 ? 1 : 0)},{(b > 0 ? 1 : 0)}");
        }).Prepend("x1,x2,y,first,second"));
    }

    private async Task<JobResult> SameOnOneAndTwo(Job job)
    {
        var results = new List<JobResult>();
        foreach (var silos in new[] { 1, 2 })
        {
            await using var cluster = await Cluster.Deploy(silos, _folder);
            results.Add((await Cluster.End(await cluster.Submit(job))).Result!);
        }

        Assert.Equal(results[0].WeightsSha256, results[1].WeightsSha256);
        return results[1];
    }

    [Fact]
    public async Task Images_come_with_channels_height_and_width()
    {
        var result = await SameOnOneAndTwo(Job("kind: edges, options: { filters: 3 }", Stripes() + ", validation: { fraction: 0.25 }"));
        Assert.InRange(result.ValidationAccuracy!.Value, 0.95, 1);
        var model = TrainedModel.Load(result.Output);
        Assert.Equal(new ImageSize(1, Side, Side), model.Facts.Shape.Image);
        Assert.Equal(["edges.weight [3, 1, 3, 3]", "edges.bias [3]", "linear.weight [2, 27]", "linear.bias [2]"], model.Shape.Select(p => $"{p.Name} [{string.Join(", ", p.Dims)}]"));

        // Exported, it gets rows of pixels, as predict does.
        ModelExport.Write(model, ExportFormat.Onnx, File("edges.onnx"));
        var random = new Random(8);
        var rows = Enumerable.Range(0, 3 * Side * Side).Select(_ => (float)random.NextDouble()).ToArray();
        using var session = new InferenceSession(File("edges.onnx"));
        using var outputs = session.Run([NamedOnnxValue.CreateFromTensor("features", new DenseTensor<float>(rows, [3, Side * Side]))]);
        using var predictor = new Predictor(model);
        Assert.All(
            predictor.Predict([.. rows.Select(x => (double)x)]).SelectMany(p => p.Values).Zip(outputs.Single(o => o.Name == "probabilities").AsEnumerable<float>()),
            v => Assert.Equal(v.First, v.Second, 1e-5));
    }

    [Fact]
    public async Task Numbers_are_learned_with_a_loss_of_ones_own()
    {
        Table();
        var result = await SameOnOneAndTwo(Job("kind: robust", "format: csv, path: table.csv, label: y, target: number, ignore: [first, second]", "training.epochs=150"));
        using var predictor = new Predictor(TrainedModel.Load(result.Output));
        foreach (var (a, b) in new[] { (0.5, 0.5), (-0.5, 0.25), (0, 0) })
        {
            Assert.Equal((3 * a) - (2 * b) + 5, predictor.Predict([a, b])[0].Values[0], 0.6); // the outliers pull at the mean, not at this
        }
    }

    [Fact]
    public async Task Several_labels_have_a_probability_each()
    {
        Table();
        var job = Job("kind: tagger", "format: csv, path: table.csv, target: labels, labelColumns: [first, second], ignore: [y], validation: { fraction: 0.2 }", "training.epochs=40");
        var result = await SameOnOneAndTwo(job);
        Assert.InRange(result.ValidationFigures!.Micro.F1, 0.9, 1);
        var model = TrainedModel.Load(result.Output);
        using var predictor = new Predictor(model);
        var expected = predictor.Predict([0.9, -0.9, -0.9, 0.9]);
        Assert.Equal([true, false], expected[0].Labels!);
        Assert.Equal([false, true], expected[1].Labels!);
        ModelExport.Write(model, ExportFormat.Onnx, File("tagger.onnx"));
        using var session = new InferenceSession(File("tagger.onnx"));
        using var outputs = session.Run([NamedOnnxValue.CreateFromTensor("features", new DenseTensor<float>(new float[] { 0.9f, -0.9f, -0.9f, 0.9f }, [2, 2]))]);
        Assert.All(expected.SelectMany(p => p.Values).Zip(outputs.Single(o => o.Name == "probabilities").AsEnumerable<float>()), v => Assert.Equal(v.First, v.Second, 1e-5));
    }

    [Theory]
    [InlineData("kind: tagger", "label: y, ignore: [first, second], target: number", "data.target is number, but model.kind is tagger, which does not learn numbers")]
    [InlineData("kind: edges", "label: first, ignore: [y, second]", "the model takes images [channels, height, width], but an example of this data is 2 numbers in a row")]
    [InlineData("kind: robust", "label: first, ignore: [y, second]", "model.kind is robust, which learns numbers: set data.target to number")]
    [InlineData("kind: robust", "target: labels, labelColumns: [first, second], ignore: [y]", "data.target is labels, but model.kind is robust, which does not learn several labels")]
    public async Task A_model_of_other_ends_is_refused_in_one_message(string model, string data, string message)
    {
        Table();
        await using var cluster = await Cluster.Deploy(1, _folder);
        var coordinator = await cluster.Submit(Job(model, $"format: csv, path: table.csv, {data}"));
        var status = await Cluster.Until(coordinator, s => s.State is JobState.Completed or JobState.Failed);
        Assert.Equal(JobState.Failed, status.State);
        Assert.Contains(message, status.Failure);
        Assert.DoesNotContain('\n', status.Failure!);
    }
}
