using System.Text.Json;

namespace Granary.Model.Files;

/// <summary>A safetensors header: JSON that names each tensor, its type, its sizes and where its bytes lie. Whatever stands in
/// it was written by somebody else: nothing is allocated by its word, and what does not add up is refused.</summary>
/// <remarks>Format: https://github.com/huggingface/safetensors, section "Format".</remarks>
internal static class SafetensorsHeader
{
    private const string MetadataName = "__metadata__";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Metadata, and tensors in the order of their bytes, which they fill without gap or overlap.</summary>
    /// <param name="json">The header.</param>
    /// <param name="dataLength">Bytes after it.</param>
    /// <exception cref="FormatException">What is wrong, as half a sentence.</exception>
    public static (IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<SafetensorsEntry> Tensors) Parse(
        ReadOnlyMemory<byte> json, long dataLength)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
            var tensors = new List<SafetensorsEntry>();
            foreach (var item in document.RootElement.EnumerateObject())
            {
                if (item.NameEquals(MetadataName))
                {
                    foreach (var pair in item.Value.EnumerateObject())
                    {
                        metadata.Add(pair.Name, pair.Value.GetString() ?? throw new FormatException($"its metadata '{pair.Name}' is no text"));
                    }
                }
                else
                {
                    tensors.Add(Entry(item.Name, item.Value));
                }
            }

            tensors.Sort((a, b) => (a.Start, a.End).CompareTo((b.Start, b.End)));
            CheckLayout(tensors, dataLength);
            return (metadata, tensors);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            // Not JSON, of another kind than asked for, a key that is missing, a text that is no Unicode.
            throw new FormatException($"its header cannot be read ({e.Message})", e);
        }
    }

    private static SafetensorsEntry Entry(string name, JsonElement value)
    {
        var dims = value.GetProperty("shape").EnumerateArray()
            .Select(d => d.TryGetInt32(out var size) && size >= 0 ? size : throw new FormatException($"its tensor '{name}' has the size {d}"))
            .ToArray();
        var offsets = value.GetProperty("data_offsets").EnumerateArray()
            .Select(o => o.TryGetInt64(out var at) && at >= 0 ? at : throw new FormatException($"its tensor '{name}' has the offset {o}"))
            .ToArray();
        var type = value.GetProperty("dtype").GetString() ?? throw new FormatException($"its tensor '{name}' has no dtype");
        if (offsets.Length != 2 || offsets[1] < offsets[0])
        {
            throw new FormatException($"its tensor '{name}' has the offsets [{string.Join(", ", offsets)}]");
        }

        if (FloatFormat.BytesOf(type) is { } bytes && bytes * Product(dims) != offsets[1] - offsets[0])
        {
            throw new FormatException($"its tensor '{name}', {type} {SafetensorsEntry.Describe(dims)}, does not fill its {offsets[1] - offsets[0]} bytes");
        }

        return new SafetensorsEntry(name, type, dims, offsets[0], offsets[1]);
    }

    // Beyond any file's length the product no longer matters, but must not come round to a small number.
    private static Int128 Product(int[] dims) =>
        dims.Contains(0) ? 0 : dims.Aggregate(Int128.One, (product, d) => Int128.Min(product * d, long.MaxValue));

    private static void CheckLayout(List<SafetensorsEntry> tensors, long dataLength)
    {
        long at = 0;
        foreach (var tensor in tensors)
        {
            if (tensor.Start != at)
            {
                throw new FormatException($"its tensor '{tensor.Name}' begins at byte {tensor.Start}, where byte {at} is next");
            }

            at = tensor.End;
        }

        if (at != dataLength)
        {
            throw new FormatException($"its tensors take {at} bytes, but {dataLength} follow its header");
        }
    }
}
