using Granary.Jobs;

namespace Granary.BuiltIn;

/// <summary>Parquet: numeric features under named columns, and a label.</summary>
internal sealed class ParquetFormat : FormatDescription
{
    /// <inheritdoc/>
    public override string Format => "parquet";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => ["label", "weight", "missing", "missingValues", "ignore", "columns", "target", "standardize", "validation.group", "validation.time"];

    /// <inheritdoc/>
    public override bool? HasColumns => true;
}
