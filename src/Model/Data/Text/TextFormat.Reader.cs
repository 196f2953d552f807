using Granary.Model.Data;

namespace Granary.BuiltIn;

/// <summary>Reads texts.</summary>
internal sealed class TextFormat : IFormatReader
{
    /// <inheritdoc/>
    public string Format => "text";

    /// <inheritdoc/>
    public IShardSource Read(SourceReading reading) => reading.Data.HasWords
        ? WordSource.Read(reading.Part, reading.Data.Tokens, reading.Job.Model, reading.Kept)
        : TextSource.Read(
            reading.Part, reading.Data.Tokens, reading.Job.Model.Context, reading.Data.HasBytePairs ? BytePairs.Of(reading.Data.Encoding, reading.Files) : null, reading.Kept);
}
