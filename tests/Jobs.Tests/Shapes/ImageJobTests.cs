using System.Text.Json;

namespace Granary.Jobs.Tests.Shapes;

/// <summary>Job files whose data is images.</summary>
public sealed class ImageJobTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public ImageJobTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "pets/cats"));
        File.WriteAllText(Path.Combine(_folder, "pets/cats/a.png"), "");
        File.WriteAllText(Path.Combine(_folder, "d.csv"), "a,y\n1,2\n");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Job Parse(string model, string data) => JobFile.Parse(
        $"version: 1\nmodel: {{ {model} }}\ndata: {{ format: images, path: pets, {data} }}\ntraining: {{ epochs: 1 }}\n", "i.yaml", _folder, [], _folder);

    [Fact]
    public void Sizes_and_filters_have_defaults_and_are_written_and_read_back()
    {
        var usual = Parse("kind: cnn", "shards: 2");
        Assert.Equal((3, (int?)null, (int?)null), (usual.Data.Colors, usual.Data.Height, usual.Data.Width));
        Assert.Equal([16, 32], usual.Model.Filters());
        var given = Parse("kind: cnn, channels: [4, 5, 6], hidden: [7], activation: tanh", "height: 8, width: 9, channels: 1");
        Assert.Equal((1, (int?)8, (int?)9), (given.Data.Colors, given.Data.Height, given.Data.Width));
        Assert.Equal([4, 5, 6], given.Model.Filters());
        Assert.All([usual, given], job => Assert.Equal(job, JobFile.Parse(JobFile.Write(job), "i.yaml", _folder, [], _folder)));
        Assert.NotEqual(usual.Model, given.Model with { Hidden = [], Activation = Activation.Relu });
        Assert.NotEqual(given.Data, given.Data with { Width = 8 });
        Assert.Equal(given, JsonSerializer.Deserialize<Job>(JsonSerializer.Serialize(given)));
        Assert.DoesNotContain("Channels", JsonSerializer.Serialize(usual), StringComparison.Ordinal); // as earlier builds wrote jobs
    }

    [Theory]
    [InlineData("kind: cnn", "height: 8", "i.yaml:3: data.height stands without data.width: images are resized to both. Set data.width too.")]
    [InlineData("kind: cnn", "width: 8", "i.yaml:3: data.width stands without data.height: images are resized to both. Set data.height too.")]
    [InlineData("kind: cnn", "channels: 2", "i.yaml:3: data.channels is 2, but must be 1 or 3.")]
    [InlineData("kind: cnn, channels: []", "shards: 2", "i.yaml:2: model.channels is empty, but a cnn has one convolution at least: name the filters of each, such as [16, 32], or set model.kind to mlp.")]
    [InlineData("kind: mlp, channels: [3]", "shards: 2", "i.yaml:2: model.channels has no meaning for mlp: it belongs to cnn.")]
    [InlineData("kind: cnn", "label: y", "i.yaml:3: data.label has no meaning for images: it belongs to csv and parquet.")]
    [InlineData("kind: cnn", "target: number", "")]
    [InlineData("kind: cnn, loss: huber", "target: auto", "i.yaml:3: model.loss is huber, which learns a number: set data.target to number, or choose cross-entropy for classes.")]
    public void What_does_not_go_together_gets_one_message(string model, string data, string message)
    {
        if (message.Length == 0)
        {
            Assert.Equal(Loss.SquaredError, Parse(model, data).Model.Loss);
            return;
        }

        Assert.Equal(message, Assert.Throws<JobException>(() => Parse(model, data)).Message);
    }

    [Fact]
    public void Sizes_belong_to_images() => Assert.Equal(
        "i.yaml:3: data.height has no meaning for csv: it belongs to images.",
        Assert.Throws<JobException>(() => JobFile.Parse("version: 1\nmodel: { kind: softmax }\ndata: { format: csv, path: d.csv, label: y, height: 3 }\ntraining: { epochs: 1 }\n", "i.yaml", _folder, [], _folder)).Message);

    [Fact]
    public void Shapes_of_earlier_builds_and_of_images_are_read()
    {
        Assert.Null(JsonSerializer.Deserialize<InputShape>("""{"Features":4,"Classes":2}""")!.Image);
        var shape = new InputShape(24, 2) { Image = new ImageSize(2, 3, 4) };
        Assert.Equal(shape, JsonSerializer.Deserialize<InputShape>(JsonSerializer.Serialize(shape)));
        Assert.Equal("""{"Features":4,"Classes":2}""", JsonSerializer.Serialize(new InputShape(4, 2)));
        Assert.Equal(("2 x 3 x 4", 24), (shape.Image.ToString(), shape.Image.Numbers));
    }
}
