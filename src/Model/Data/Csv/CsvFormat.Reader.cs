using Granary.Jobs;
using Granary.Model.Data;

namespace Granary.BuiltIn;

/// <summary>Reads CSV.</summary>
internal sealed class CsvFormat : IFormatReader
{
    /// <inheritdoc/>
    public string Format => "csv";

    /// <inheritdoc/>
    public IShardSource Read(SourceReading reading) => reading.Data.Columns is null
        ? CsvSource.Read(reading.Part, reading.Data, reading.Features, reading.Use, reading.Split)
        : CsvSource.ReadDescribed(reading.Part, reading.Data, reading.Features, reading.Use, reading.Split);

    /// <inheritdoc/>
    public ColumnsSection Infer(DataSection data) => CsvDescribed.Infer(data);

    /// <inheritdoc/>
    public FoundRows? RowsWith(DataSection data, string path, Func<string, bool> isMeant) => CsvCells.Find(data.Delimiter[0], path, data.Label!, isMeant);
}
