using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;
using Granary.Model.Prediction;

namespace Granary.BuiltIn;

/// <summary>Reads LIBSVM.</summary>
internal sealed class LibsvmFormat : IFormatReader
{
    /// <inheritdoc/>
    public string Format => "libsvm";

    /// <inheritdoc/>
    public IShardSource Read(SourceReading reading) => LibsvmSource.Read(reading.Part, reading.Data.Features, reading.Data.HasNumbers);

    /// <inheritdoc/>
    public InputRows? Inputs(TrainedModel model, string path, int rows, RowGate gate) => LibsvmInputs.Of(model, path, rows, gate);

    /// <inheritdoc/>
    public FoundRows? RowsWith(DataSection data, string path, Func<string, bool> isMeant) => LibsvmSource.Find(path, isMeant);
}
