namespace Granary.Jobs;

/// <summary>The ends of what a target that is a number holds.</summary>
/// <param name="Least">The least value.</param>
/// <param name="Greatest">The greatest value.</param>
public sealed record TargetRange(double Least, double Greatest)
{
    /// <summary>Of some numbers; null where there are none.</summary>
    public static TargetRange? Of(ReadOnlySpan<double> numbers)
    {
        var (least, greatest) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var number in numbers)
        {
            (least, greatest) = (Math.Min(least, number), Math.Max(greatest, number));
        }

        return least <= greatest ? new TargetRange(least, greatest) : null;
    }

    /// <summary>That of several sets; null where there are none.</summary>
    public static TargetRange? Of(IEnumerable<TargetRange?> ranges) => ranges.Aggregate((a, b) =>
        a is null ? b : b is null ? a : new TargetRange(Math.Min(a.Least, b.Least), Math.Max(a.Greatest, b.Greatest)));
}
