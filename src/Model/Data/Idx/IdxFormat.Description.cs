using Granary.Jobs;

namespace Granary.BuiltIn;

/// <summary>IDX, the format of MNIST: a file of images and one of their labels.</summary>
internal sealed class IdxFormat : FormatDescription
{
    /// <inheritdoc/>
    public override string Format => "idx";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => ["labels", "target", "standardize"];

    /// <inheritdoc/>
    public override bool IsOneFile => true; // images and labels are told apart by the files' names

    /// <inheritdoc/>
    public override bool LabelsAreIds => true;

    /// <inheritdoc/>
    public override bool HasImages => true;

    /// <inheritdoc/>
    public override string FeatureWord => "pixel";

    /// <inheritdoc/>
    public override SourceBytes Bytes => SourceBytes.Bytes;
}
