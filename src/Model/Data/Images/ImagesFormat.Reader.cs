using Granary.Model.Data;
using Granary.Model.Data.Images;
using Granary.Model.Files;
using Granary.Model.Prediction;

namespace Granary.BuiltIn;

/// <summary>Reads folders of images.</summary>
internal sealed class ImagesFormat : IFormatReader
{
    /// <inheritdoc/>
    public string Format => "images";

    /// <inheritdoc/>
    public IShardSource Read(SourceReading reading) => ImageFolderSource.Read(reading.Part, reading.Data);

    /// <inheritdoc/>
    public IReadOnlyList<string> Forms(string path) => [ImageFile.Kind(path)];

    /// <inheritdoc/>
    public InputRows? Inputs(TrainedModel model, string path, int rows, RowGate gate) => ImageFileInputs.Of(model, path, rows, gate);
}
