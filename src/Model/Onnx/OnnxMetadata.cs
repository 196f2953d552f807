using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Granary.Jobs;
using Granary.Model.Files;

namespace Granary.Model.Onnx;

/// <summary>What an ONNX file says of its model beside the graph: texts by name, lists as JSON.</summary>
internal static class OnnxMetadata
{
    public static IEnumerable<(string Key, string Value)> Of(TrainedModel model)
    {
        yield return ("granary.kind", model.Model.Kind);
        yield return ("granary.weightsSha256", Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>(model.Weights)))); // as a job's summary has it
        yield return ("granary.model", Json(model.Model with { Init = null }));
        yield return ("granary.classes", Json(model.Facts.Classes));
        yield return ("granary.columns", Json(model.Facts.Columns));
        if (model.Facts.Threshold is { } threshold)
        {
            yield return ("granary.threshold", threshold.ToString("R", CultureInfo.InvariantCulture));
        }

        if (model.Facts.Shape.IsMultiLabel)
        {
            yield return ("granary.labels", "several");
        }

        if (model.Facts.Fill is not null)
        {
            yield return ("granary.missing", "filled");
        }

        if (model.Data.IsText)
        {
            yield return ("granary.tokens", Kebab.Name(model.Data.Tokens));
        }

        if (model.Data.Encoding is { } encoding)
        {
            yield return ("granary.encoding", Kebab.Name(encoding));
        }

        if (model.Vocabulary is { } files)
        {
            yield return ("granary.vocab", files.Vocab);
            yield return ("granary.merges", files.Merges);
        }

        if (model.Facts.PixelType is { } pixels)
        {
            yield return ("granary.pixels", pixels);
        }
    }

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, SavedModelJson.Options);
}
