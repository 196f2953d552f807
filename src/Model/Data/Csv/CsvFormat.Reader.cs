using Granary.Jobs;
using Granary.Model.Data;

namespace Granary.BuiltIn;

/// <summary>Reads CSV.</summary>
internal sealed class CsvFormat : IFormatReader
{
    /// <inheritdoc/>
    public string Format => "csv";

    /// <inheritdoc/>
    public IShardSource Read(SourceReading reading) => CsvSource.Read(reading.Part, reading.Data, reading.Features, reading.Use);

    /// <inheritdoc/>
    public FoundRows? RowsWith(DataSection data, string path, Func<string, bool> isMeant) => CsvCells.Find(data.Delimiter[0], path, data.Label!, isMeant);
}
