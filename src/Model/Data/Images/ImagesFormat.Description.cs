using Granary.Jobs;

namespace Granary.BuiltIn;

/// <summary>A folder with a folder of PNG and JPEG files for each class.</summary>
internal sealed class ImagesFormat : FormatDescription
{
    /// <inheritdoc/>
    public override string Format => "images";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => ["height", "width", "channels", "target", "standardize"];

    /// <inheritdoc/>
    public override bool LabelsAreIds => true;

    /// <inheritdoc/>
    public override bool HasImages => true;

    /// <inheritdoc/>
    public override string FeatureWord => "pixel";

    /// <inheritdoc/>
    public override (string Key, string Message)? Broken(DataSection data) => data switch
    {
        { Height: not null, Width: null } => ("height", "data.height stands without data.width: images are resized to both. Set data.width too."),
        { Height: null, Width: not null } => ("width", "data.width stands without data.height: images are resized to both. Set data.height too."),
        _ => null,
    };
}
