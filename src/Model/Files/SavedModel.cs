using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Granary.Jobs;

namespace Granary.Model.Files;

/// <summary>A trained model on disk: model.safetensors, with all that is needed to use it in its metadata.</summary>
public static class SavedModel
{
    private const long MaxHeader = 100_000_000;

    /// <summary>Writes weights by name as float32 (little-endian, safetensors), with the job's model and data sections,
    /// label names, what missing values are filled with and standardisation in its metadata. Written to a temporary name, flushed, renamed.</summary>
    public static void Write(string path, Job job, DataFacts facts, IReadOnlyList<ParameterShape> shape, ReadOnlySpan<float> flat)
    {
        var temporary = path + ".tmp";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            var header = Header(job, facts, shape);
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            file.Write(length);
            file.Write(header);
            file.Write(MemoryMarshal.AsBytes(flat));
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private static byte[] Header(Job job, DataFacts facts, IReadOnlyList<ParameterShape> shape)
    {
        var entries = new SortedDictionary<string, object>(StringComparer.Ordinal)
        {
            ["__metadata__"] = new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["granary.version"] = "1",
                ["granary.model"] = JsonSerializer.Serialize(job.Model, SavedModelJson.Options),
                ["granary.data"] = JsonSerializer.Serialize(job.Data, SavedModelJson.Options),
                ["granary.shape"] = JsonSerializer.Serialize(facts.Shape, SavedModelJson.Options),
                ["granary.classes"] = JsonSerializer.Serialize(facts.Classes, SavedModelJson.Options),
                ["granary.columns"] = JsonSerializer.Serialize(facts.Columns, SavedModelJson.Options),
                ["granary.fill"] = JsonSerializer.Serialize(facts.Fill, SavedModelJson.Options),
                ["granary.scaling"] = JsonSerializer.Serialize(facts.Scaling, SavedModelJson.Options),
            },
        };
        long at = 0;
        foreach (var parameter in shape)
        {
            var end = at + (parameter.Count * sizeof(float));
            entries[parameter.Name] = new { dtype = "F32", shape = parameter.Dims, data_offsets = new[] { at, end } };
            at = end;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(entries);
        var padded = new byte[(json.Length + 7) / 8 * 8];
        padded.AsSpan().Fill((byte)' ');
        json.CopyTo(padded, 0);
        return padded;
    }

    /// <summary>Reads a safetensors file of float32 tensors: its metadata, and its tensors in the order of their data.</summary>
    /// <exception cref="JobException">The file is damaged or of another kind.</exception>
    public static (IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<SavedTensor> Tensors) Read(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> prefix = stackalloc byte[8];
        if (file.ReadAtLeast(prefix, 8, throwOnEndOfStream: false) < 8)
        {
            throw Damaged(path, "it is shorter than 8 bytes");
        }

        var length = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (length is <= 0 or > MaxHeader || length > file.Length - 8)
        {
            throw Damaged(path, $"its header claims {length} bytes of a file of {file.Length}");
        }

        var header = new byte[length];
        file.ReadExactly(header);
        try
        {
            return Parse(path, file, JsonDocument.Parse(header).RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw Damaged(path, $"its header cannot be read ({e.Message})");
        }
    }

    private static (IReadOnlyDictionary<string, string>, IReadOnlyList<SavedTensor>) Parse(string path, FileStream file, JsonElement header)
    {
        var metadata = new Dictionary<string, string>();
        var tensors = new List<(long Start, SavedTensor Tensor)>();
        var data = file.Position;
        foreach (var entry in header.EnumerateObject())
        {
            if (entry.Name == "__metadata__")
            {
                foreach (var item in entry.Value.EnumerateObject())
                {
                    metadata[item.Name] = item.Value.GetString() ?? "";
                }

                continue;
            }

            var dims = entry.Value.GetProperty("shape").EnumerateArray().Select(d => d.GetInt32()).ToArray();
            var offsets = entry.Value.GetProperty("data_offsets").EnumerateArray().Select(o => o.GetInt64()).ToArray();
            var type = entry.Value.GetProperty("dtype").GetString();
            var bytes = dims.Aggregate((Int128)sizeof(float), (product, d) => product * d);
            if (type != "F32" || offsets.Length != 2 || offsets[0] < 0 || offsets[1] > file.Length - data || dims.Any(d => d < 0)
                || bytes != (Int128)offsets[1] - offsets[0])
            {
                throw Damaged(path, $"its entry '{entry.Name}' does not fit the file (type {type}, bytes {string.Join("..", offsets)})");
            }

            var values = new float[(offsets[1] - offsets[0]) / sizeof(float)];
            file.Position = data + offsets[0];
            file.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            tensors.Add((offsets[0], new SavedTensor(entry.Name, dims, values)));
        }

        return (metadata, [.. tensors.OrderBy(t => t.Start).Select(t => t.Tensor)]);
    }

    private static JobException Damaged(string path, string why) =>
        new($"{path}: this is no whole safetensors file: {why}. Train again, or take a copy that is whole.");
}

/// <summary>One named tensor of a saved model.</summary>
/// <param name="Name">Dotted name.</param>
/// <param name="Dims">Sizes, row-major.</param>
/// <param name="Values">The numbers.</param>
public sealed record SavedTensor(string Name, IReadOnlyList<int> Dims, float[] Values);
