using Granary.Model.Data;
using Granary.Model.Files;
using Granary.Model.Prediction;

namespace Granary.BuiltIn;

/// <summary>Reads IDX.</summary>
internal sealed class IdxFormat : IFormatReader
{
    /// <inheritdoc/>
    public string Format => "idx";

    /// <inheritdoc/>
    public IShardSource Read(SourceReading reading) => IdxSource.Read(reading.Part, reading.Data.HasNumbers);

    /// <inheritdoc/>
    public IReadOnlyList<string> Forms(string path)
    {
        using var file = SourceFile.OpenBytes(path);
        var header = IdxFile.Images(file, Path.GetFileName(path));
        return [header.TypeName, $"{header.Count} x {header.Shape}"];
    }

    /// <inheritdoc/>
    public InputRows? Inputs(TrainedModel model, string path, int rows, RowGate gate) => ImageInputs.Of(model, path, rows, gate);
}
