using Granary.Jobs;

namespace Granary.Model.Custom;

/// <summary>What is known of a format of one's own before any of it is read.</summary>
/// <param name="name">Its name.</param>
/// <param name="isInOrder">Whether its shards' parts follow on each other in the source: <see cref="IDataFormat.IsInOrder"/>.</param>
internal sealed class OwnFormatDescription(string name, bool isInOrder) : FormatDescription
{
    /// <inheritdoc/>
    public override string Format => name;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => ["options", "target", "standardize"];

    /// <inheritdoc/>
    public override bool? HasColumns => true;

    /// <inheritdoc/>
    public override (string Key, string Message)? Broken(DataSection data)
    {
        var by = data.Validation.IsEnd ? "from: end" : data.Validation.Stratified ? "stratified" : data.Validation.Fold is not null ? "fold" : null;
        return isInOrder || by is null ? null
            : ("validation", $"data.validation has {by}, which goes by the places of the rows in the source, but {name} does not say that its shards' parts follow on each other in it: other rows would be held out "
                + $"for another data.shards. Hold out a plain data.validation.fraction or a data.validation.path, or let the format's IsInOrder be true if they do.");
    }
}
