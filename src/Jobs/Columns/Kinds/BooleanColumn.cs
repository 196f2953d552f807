namespace Granary.Jobs;

/// <summary>Yes or no.</summary>
internal sealed class BooleanColumn : NumberKind
{
    private static readonly string[] Yes = ["true", "yes", "t", "y", "1", "on"];
    private static readonly string[] No = ["false", "no", "f", "n", "0", "off"];

    /// <inheritdoc/>
    public override string Name => "boolean";

    /// <inheritdoc/>
    public override string Doc => "1 for true, yes, t, y, on or 1, and 0 for false, no, f, n, off or 0, in any case";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => ["scale"];

    /// <inheritdoc/>
    public override IReadOnlyList<MissingRule> Missings => [MissingRule.Refuse, MissingRule.Mean, MissingRule.Constant, MissingRule.Slot];

    /// <inheritdoc/>
    public override string Wants(ColumnSection section) => "true or false";

    /// <inheritdoc/>
    public override bool TryParse(ColumnSection section, ReadOnlySpan<char> text, out double value)
    {
        var isYes = IsOne(text, Yes);
        value = isYes ? 1 : 0;
        return isYes || IsOne(text, No);
    }

    private static bool IsOne(ReadOnlySpan<char> text, string[] words)
    {
        foreach (var word in words)
        {
            if (text.Equals(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public override ColumnSection Complete(ColumnSection given, DataSection data) => base.Complete(given, data) with { Scale = given.Scale ?? ColumnScale.None };
}
