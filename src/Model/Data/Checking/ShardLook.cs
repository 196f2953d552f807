using System.Numerics.Tensors;
using Granary.Jobs;

namespace Granary.Model.Data.Checking;

/// <summary>What a closer look at one shard, or at some in turn, has found.</summary>
/// <param name="Training">Training examples of each class, or that have each label, in class order; empty for text.</param>
/// <param name="HeldOut">The same of those held out.</param>
/// <param name="Features">What its features are like; null for text, and for sparse sources of many.</param>
/// <param name="Tokens">Tokens; 0 but for text.</param>
/// <param name="Sparse">Of a sparse source; null otherwise.</param>
/// <param name="Given">Sparse with few features: in how many examples each is written; null otherwise.</param>
internal sealed record ShardLook(long[] Training, long[] HeldOut, FeatureScan? Features, long Tokens, SparseReport? Sparse = null, long[]? Given = null)
{
    /// <summary>Of a target that is a number, over all examples; null otherwise.</summary>
    public FeatureMoments? Target { get; init; }

    /// <summary>Of described columns; null where the job describes none.</summary>
    public DescribedLook? Described { get; init; }

    private const int FewSparse = 60; // as many as a table of features has lines

    /// <summary>Looks at a shard of examples with labels.</summary>
    /// <param name="source">The shard's examples.</param>
    /// <param name="training">Which of them are trained on.</param>
    /// <param name="held">Where those held out come from, and which they are.</param>
    /// <param name="facts">Classes and features.</param>
    /// <param name="countsDistinct">Whether different values are counted.</param>
    public static ShardLook At(IFeatureSource source, int[] training, (IFeatureSource Source, int[] Rows) held, DataFacts facts, bool countsDistinct)
    {
        var ids = new int[source.Rows];
        var (counts, others) = (new long[facts.Classes.Count], new long[facts.Classes.Count]);
        if (source.LabelIndicators is { } indicators)
        {
            for (var k = 0; k < indicators.Length; k++)
            {
                counts[k] = training.LongCount(row => indicators[k][row] == 1);
                others[k] = held.Rows.LongCount(row => held.Source.LabelIndicators![k][row] == 1);
            }
        }
        else if (source.Targets is null)
        {
            Count(source, training, held, new LabelIndex(facts.Classes), ids, counts, others);
        }

        var target = source.Targets is { } targets ? NumberMoments.Of(targets, [.. Enumerable.Range(0, targets.Length)]) : null;

        var features = source.Described is null ? facts.Shape.Features : source.Dense!.Features; // of columns of numbers alone
        var (sparse, rows) = (source.Sparse, source.Dense);
        if (sparse is not null)
        {
            if (features > FewSparse)
            {
                return new ShardLook(counts, others, null, 0, Of(sparse)) { Target = target };
            }

            rows = sparse.WrittenOut(features);
        }

        var scan = new FeatureScan(features, facts.Shape.IsMultiLabel ? 1 : facts.Shape.Outputs, countsDistinct, mayHaveCodes: source.MayHaveCodes);
        scan.Add(rows!, ids);
        return new ShardLook(counts, others, scan, 0, sparse is null ? null : Of(sparse), sparse?.Given(features)) { Target = target, Described = DescribedLook.At(source, facts) };
    }

    private static void Count(
        IFeatureSource source, int[] training, (IFeatureSource Source, int[] Rows) held, LabelIndex classes, int[] ids, long[] counts, long[] others)
    {
        for (var row = 0; row < ids.Length; row++)
        {
            ids[row] = classes.Find(source.Label(row))!.Value;
        }

        foreach (var row in training)
        {
            counts[ids[row]]++;
        }

        foreach (var row in held.Rows)
        {
            others[classes.Find(held.Source.Label(row))!.Value]++;
        }
    }

    private static SparseReport Of(ISparseRows source)
    {
        var given = source.Values;
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
                Sparse.Given + next.Sparse!.Given, Math.Min(Sparse.Least, next.Sparse.Least), Math.Max(Sparse.Greatest, next.Sparse.Greatest)),
            Given is null ? null : [.. Given.Zip(next.Given!, (a, b) => a + b)])
        {
            Described = Described?.With(next.Described!),
            Target = Target is null || next.Target is null ? Target ?? next.Target : FeaturePlan.Merge([Target, next.Target]),
        };
    }
}
