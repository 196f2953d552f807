using System.Globalization;

namespace Granary.Jobs;

/// <summary>Numbers.</summary>
internal sealed class NumericColumn : NumberKind
{
    /// <inheritdoc/>
    public override string Name => "numeric";

    /// <inheritdoc/>
    public override string Doc => "a number, clipped, filled in and scaled";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => ["scale", "clip"];

    /// <inheritdoc/>
    public override IReadOnlyList<MissingRule> Missings => Enum.GetValues<MissingRule>();

    /// <inheritdoc/>
    public override string Wants(ColumnSection section) => "a number";

    /// <inheritdoc/>
    public override bool TryParse(ColumnSection section, ReadOnlySpan<char> text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
