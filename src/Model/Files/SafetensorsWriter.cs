using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Granary.Jobs;

namespace Granary.Model.Files;

/// <summary>Writes float32 tensors as a safetensors file, little-endian.</summary>
internal static class SafetensorsWriter
{
    private const int Alignment = 8;

    /// <summary>The same input gives the same bytes.</summary>
    public static void Write(
        Stream file, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<ParameterShape> shape, ReadOnlySpan<float> flat)
    {
        var header = Header(metadata, shape);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        file.Write(length);
        file.Write(header);
        file.Write(MemoryMarshal.AsBytes(flat));
    }

    private static byte[] Header(IReadOnlyDictionary<string, string> metadata, IReadOnlyList<ParameterShape> shape)
    {
        var entries = new SortedDictionary<string, object>(StringComparer.Ordinal)
        {
            ["__metadata__"] = new SortedDictionary<string, string>(metadata.ToDictionary(), StringComparer.Ordinal),
        };
        long at = 0;
        foreach (var parameter in shape)
        {
            var end = at + (parameter.Count * sizeof(float));
            entries[parameter.Name] = new { dtype = "F32", shape = parameter.Dims, data_offsets = new[] { at, end } };
            at = end;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(entries);
        var padded = new byte[(json.Length + Alignment - 1) / Alignment * Alignment];
        padded.AsSpan().Fill((byte)' ');
        json.CopyTo(padded, 0);
        return padded;
    }
}
