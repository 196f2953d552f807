using System.Numerics.Tensors;
using Granary.Jobs;

namespace Granary.Model.Data.Checking;

/// <summary>What a closer look at one shard, or at some in turn, has found.</summary>
/// <param name="Training">Training examples of each class, in class order; empty for text.</param>
/// <param name="HeldOut">The same of those held out.</param>
/// <param name="Features">What its features are like; null for text and sparse sources.</param>
/// <param name="Tokens">Tokens; 0 but for text.</param>
/// <param name="Sparse">Of a sparse source; null otherwise.</param>
internal sealed record ShardLook(long[] Training, long[] HeldOut, FeatureScan? Features, long Tokens, SparseReport? Sparse = null)
{
    /// <summary>Looks at a shard of examples with labels.</summary>
    /// <param name="source">The shard's examples.</param>
    /// <param name="training">Which of them are trained on.</param>
    /// <param name="held">Where those held out come from, and which they are.</param>
    /// <param name="facts">Classes and features.</param>
    /// <param name="countsDistinct">Whether different values are counted.</param>
    public static ShardLook At(IFeatureSource source, int[] training, (IFeatureSource Source, int[] Rows) held, DataFacts facts, bool countsDistinct)
    {
        var classes = new LabelIndex(facts.Classes);
        int[] ids = [.. Enumerable.Range(0, source.Rows).Select(row => classes.Find(source.Label(row))!.Value)];
        var counts = new long[facts.Classes.Count];
        foreach (var row in training)
        {
            counts[ids[row]]++;
        }

        var others = new long[facts.Classes.Count];
        foreach (var row in held.Rows)
        {
            others[classes.Find(held.Source.Label(row))!.Value]++;
        }

        if (source.Dense is not { } rows)
        {
            return new ShardLook(counts, others, null, 0, Of((SparseSource)source));
        }

        var scan = new FeatureScan(facts.Shape.Features, facts.Classes.Count, countsDistinct);
        scan.Add(rows, ids);
        return new ShardLook(counts, others, scan, 0);
    }

    private static SparseReport Of(SparseSource source)
    {
        var given = source.Given;
        return given.IsEmpty ? new SparseReport(0, double.PositiveInfinity, double.NegativeInfinity)
            : new SparseReport(given.Length, TensorPrimitives.Min(given), TensorPrimitives.Max(given));
    }

    /// <summary>With what the next shard's look has found.</summary>
    public ShardLook With(ShardLook next)
    {
        if (next.Features is not null)
        {
            Features?.Merge(next.Features);
        }

        return new ShardLook(
            [.. Training.Zip(next.Training, (a, b) => a + b)], [.. HeldOut.Zip(next.HeldOut, (a, b) => a + b)], Features, Tokens + next.Tokens,
            Sparse is null ? null : new SparseReport(
                Sparse.Given + next.Sparse!.Given, Math.Min(Sparse.Least, next.Sparse.Least), Math.Max(Sparse.Greatest, next.Sparse.Greatest)));
    }
}
