namespace Granary.Grains.Coordination;

/// <summary>Some members of a generation live and do not reach each other.</summary>
/// <param name="aside">Those that the next generation is to be formed without; at least one.</param>
internal sealed class CutOffException(IReadOnlyList<CutRule.Aside> aside) : Exception(
    string.Join("; ", aside.Select(a => $"silo {a.Silo} and {string.Join(", ", a.From)} do not reach each other, though they live{(a.Cause is null ? "" : $" ({a.Cause})")}")))
{
    public IReadOnlyList<CutRule.Aside> Aside { get; } = aside;
}
