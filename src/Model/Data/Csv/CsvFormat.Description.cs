using Granary.Jobs;

namespace Granary.BuiltIn;

/// <summary>CSV: numeric features under named columns, and a label.</summary>
internal sealed class CsvFormat : FormatDescription
{
    /// <inheritdoc/>
    public override string Format => "csv";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => ["label", "weight", "delimiter", "missing", "missingValues", "ignore", "columns", "target", "cache", "standardize", "validation.group", "validation.time"];

    /// <inheritdoc/>
    public override bool? HasColumns => true;

    /// <inheritdoc/>
    public override SourceBytes Bytes => SourceBytes.Lines;
}
