namespace Granary.Jobs;

/// <summary>What predictions of several labels add up to over some rows. Where rows are weighted, each counts as often as it weighs.</summary>
/// <param name="Weight">Rows.</param>
/// <param name="Exact">Rows that are right in every label.</param>
/// <param name="Right">By label: rows that have it and are said to.</param>
/// <param name="Support">By label: rows that have it.</param>
/// <param name="Predicted">By label: rows that are said to have it.</param>
public sealed record LabelSums(double Weight, double Exact, double[] Right, double[] Support, double[] Predicted)
{
    /// <summary>Those of several shards, in their order; null where none has any.</summary>
    public static LabelSums? Of(IEnumerable<LabelSums?> shards) => shards.OfType<LabelSums>().Aggregate((LabelSums?)null, (all, next) => all is null ? next
        : new LabelSums(all.Weight + next.Weight, all.Exact + next.Exact, Sum(all.Right, next.Right), Sum(all.Support, next.Support), Sum(all.Predicted, next.Predicted)));

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];
}
