using Granary.Jobs;
using Granary.Model.Data;

namespace Granary.BuiltIn;

/// <summary>Reads Parquet.</summary>
internal sealed class ParquetFormat : IFormatReader
{
    /// <inheritdoc/>
    public string Format => "parquet";

    /// <inheritdoc/>
    public IShardSource Read(SourceReading reading) => ParquetSource.Read(reading.Part, reading.Data, reading.Features, reading.Split);

    /// <inheritdoc/>
    public ColumnsSection Infer(DataSection data) => ParquetSource.Infer(data);
}
