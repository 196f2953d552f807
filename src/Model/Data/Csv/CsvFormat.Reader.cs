using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Data.Checking;

namespace Granary.BuiltIn;

/// <summary>Reads CSV.</summary>
internal sealed class CsvFormat : IFormatReader
{
    /// <inheritdoc/>
    public string Format => "csv";

    /// <inheritdoc/>
    public IShardSource Read(SourceReading reading) => CsvSource.Read(reading.Part, reading.Data, reading.Features, reading.Use);

    /// <inheritdoc/>
    public string? PlaceOf(DataSection data, string label) => LabelPlace.Find(data, label);
}
