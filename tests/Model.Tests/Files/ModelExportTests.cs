using System.Text;
using System.Text.Json;
using Granary.Jobs;
using Granary.Model.Files;

namespace Granary.Model.Tests.Files;

public sealed class ModelExportTests : IDisposable
{
    private const string Dump = """
        import json, sys, numpy
        files = [numpy.load(f, allow_pickle=False) for f in sys.argv[1:]]
        json.dump([{k: [str(v.dtype), list(v.shape), v.flatten().tolist()] for k, v in z.items()} for z in files], sys.stdout)
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Output(ExportFormat format, TrainedModel model, string name = "m")
    {
        var path = Path.Combine(_folder, $"{name}.{Kebab.Name(format)}");
        ModelExport.Write(model, format, path, overwrite: true);
        return path;
    }

    [Fact]
    public void Numpy_reads_every_parameter_with_its_name_shape_and_values()
    {
        var two = SampleModels.Logistic();
        TrainedModel[] models = [.. SampleModels.All(), two with { Facts = two.Facts with { Threshold = 0.375 } }];
        string[] files = [.. models.Select((m, i) => Output(ExportFormat.Npz, m, $"m{i}"))];
        using var read = JsonDocument.Parse(Python.Run("numpy", ["-c", Dump, .. files]));
        foreach (var (model, arrays) in models.Zip(read.RootElement.EnumerateArray()))
        {
            var at = 0;
            foreach (var parameter in model.Shape)
            {
                var array = arrays.GetProperty(parameter.Name);
                Assert.Equal("float32", array[0].GetString());
                Assert.Equal(parameter.Dims, array[1].EnumerateArray().Select(d => d.GetInt32()));
                Assert.Equal(model.Weights[at..(at += (int)parameter.Count)], array[2].EnumerateArray().Select(v => (float)v.GetDouble()));
            }

            Assert.Equal(model.Facts.Classes, arrays.GetProperty("granary.classes")[2].EnumerateArray().Select(c => c.GetString()!));
            Assert.Equal(model.Facts.Columns, arrays.GetProperty("granary.columns")[2].EnumerateArray().Select(c => c.GetString()!));
            Assert.Equal(model.Facts.Threshold, arrays.TryGetProperty("granary.threshold", out var threshold) ? (double?)threshold[2][0].GetDouble() : null);
            Assert.Equal(model.Facts.Scaling is not null, arrays.TryGetProperty("granary.scaling.deviation", out var deviation));
            if (model.Facts.Scaling is { } scaling)
            {
                Assert.Equal(scaling.Deviation, deviation[2].EnumerateArray().Select(v => v.GetDouble()));
            }
        }
    }

    // Without numpy this much can be said: the format's own example of a header, and where the values begin.
    [Fact]
    public void An_npy_begins_its_values_at_a_multiple_of_64()
    {
        foreach (var dims in new int[][] { [], [3], [2, 3], [1_000_000, 2, 3] })
        {
            using var file = new MemoryStream();
            Npy.Write(file, dims, [1f]);
            var bytes = file.ToArray();
            var length = BitConverter.ToUInt16(bytes, 8);
            Assert.Equal(0, (10 + length) % 64);
            Assert.Equal(1f, BitConverter.ToSingle(bytes, 10 + length));
            var header = Encoding.ASCII.GetString(bytes, 10, length);
            Assert.StartsWith($"{{'descr': '<f4', 'fortran_order': False, 'shape': ({string.Concat(dims.Select(d => $"{d}, "))}), }}", header);
            Assert.EndsWith("\n", header);
        }
    }

    [Theory]
    [InlineData(ExportFormat.Safetensors)]
    [InlineData(ExportFormat.Npz)]
    [InlineData(ExportFormat.Onnx)]
    public void The_same_model_gives_the_same_bytes_and_none_of_them_is_a_folder_of_this_machine(ExportFormat format)
    {
        var bytes = File.ReadAllBytes(Output(format, SampleModels.Softmax(), "a"));
        Assert.Equal(bytes, File.ReadAllBytes(Output(format, SampleModels.Softmax(), "b")));
        Assert.DoesNotContain("/d/", Encoding.UTF8.GetString(bytes));
    }

    [Fact]
    public void What_was_exported_as_safetensors_is_the_model_again()
    {
        var model = TrainedModel.Load(Output(ExportFormat.Safetensors, SampleModels.Transformer()));
        Assert.Equal(SampleModels.Transformer().Weights, model.Weights);
        Assert.Equal(SampleModels.Transformer().Facts.Classes, model.Facts.Classes);
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_told_and_leaves_nothing()
    {
        var path = Path.Combine(_folder, "no", "such", "folder.npz");
        Assert.Contains($"{path}: there is no such folder", Assert.Throws<JobException>(
            () => ModelExport.Write(SampleModels.Softmax(), ExportFormat.Npz, path)).Message);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void A_model_is_not_written_over()
    {
        var path = Output(ExportFormat.Safetensors, SampleModels.Softmax());
        var bytes = File.ReadAllBytes(path);
        foreach (var overwrite in new[] { false, true })
        {
            Assert.Contains("the file that is read, and would be lost", Assert.Throws<JobException>(
                () => ModelExport.Write(TrainedModel.Load(path), ExportFormat.Npz, path, overwrite)).Message);
        }

        Assert.Equal(bytes, File.ReadAllBytes(path));
    }
}
