using Granary.Jobs;

namespace Granary.BuiltIn;

/// <summary>LIBSVM: a label and the features that are not zero, by index.</summary>
internal sealed class LibsvmFormat : FormatDescription
{
    /// <inheritdoc/>
    public override string Format => "libsvm";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => ["features", "target", "standardize"];

    /// <inheritdoc/>
    public override bool HasIndices => true;

    /// <inheritdoc/>
    public override SourceBytes Bytes => SourceBytes.Lines;
}
