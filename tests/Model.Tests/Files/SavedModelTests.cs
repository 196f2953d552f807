using Granary.Jobs;
using Granary.Model.Files;

namespace Granary.Model.Tests.Files;

public sealed class SavedModelTests : IDisposable
{
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("granary-test-").FullName, "m.safetensors");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Fact]
    public void What_is_written_reads_back()
    {
        var job = new Job(1, "j", new ModelSection { Kind = ModelKind.Softmax }, new DataSection { Format = DataFormat.Csv, Path = "/d" }, new TrainingSection { Epochs = 1 });
        var facts = new DataFacts(new InputShape(2, 3), ["a", "b", "ü"], [1], [0], new Scaling([1, 2], [3, 4]));
        var shape = ModelShape.Of(job.Model, facts.Shape);
        float[] weights = [.. Enumerable.Range(0, 9).Select(i => i / 7f)];
        SavedModel.Write(_path, job, facts, shape, weights);
        var (metadata, tensors) = SavedModel.Read(_path);
        Assert.Equal(["weight", "bias"], tensors.Select(t => t.Name));
        Assert.Equal([3, 2], tensors[0].Dims);
        Assert.Equal(weights, tensors.SelectMany(t => t.Values));
        Assert.Equal(["a", "b", "ü"], System.Text.Json.JsonSerializer.Deserialize<string[]>(metadata["granary.classes"])!);
        Assert.Equal(0, new FileInfo(_path).Length % 4);
    }

    [Fact]
    public void Forged_headers_are_refused()
    {
        foreach (var header in new[] { "{\"w\":{\"dtype\":\"F32\",\"shape\":[1000000000,1000000000],\"data_offsets\":[0,4]}}", "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,400]}}", "[1]", "{" })
        {
            File.WriteAllBytes(_path, [.. BitConverter.GetBytes((long)header.Length), .. System.Text.Encoding.UTF8.GetBytes(header), 0, 0, 0, 0]);
            Assert.Contains("no whole safetensors file", Assert.Throws<JobException>(() => SavedModel.Read(_path)).Message);
        }

        File.WriteAllBytes(_path, BitConverter.GetBytes(long.MaxValue));
        Assert.Contains("its header claims", Assert.Throws<JobException>(() => SavedModel.Read(_path)).Message);
    }
}
