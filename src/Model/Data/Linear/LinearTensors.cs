using System.Runtime.InteropServices;
using Granary.Jobs;
using Granary.Model.Networks;
using static TorchSharp.torch;

namespace Granary.Model.Data.Linear;

/// <summary>Rows of a large table for a linear model: cells stay as they were read, and no features are ever written out.</summary>
internal sealed class LinearTensors : IExampleTensors
{
    // Written out, features of fewer numbers than this are kept: a matrix product of torch's has other last bits, and small jobs have theirs.
    private const long Large = 1L << 25;

    private readonly LinearTable _table;
    private readonly ReadyRows _dense;
    private readonly ScalarType _type;
    private readonly RowTargets _targets;
    private readonly int[]? _training;

    /// <param name="source">The rows' targets.</param>
    /// <param name="table">The rows.</param>
    /// <param name="precision">Of outputs and gradients.</param>
    /// <param name="facts">What all shards agree on.</param>
    /// <param name="training">The rows that are trained on, in rising order; null: none of these are.</param>
    public LinearTensors(IFeatureSource source, LinearTable table, Precision precision, DataFacts facts, int[]? training)
    {
        (_table, _training, _type) = (table, training, precision == Precision.Float64 ? ScalarType.Float64 : ScalarType.Float32);
        _dense = new ReadyRows(table.Dense, facts, source.Weights);
        _targets = new RowTargets(source, Enumerable.Range(0, source.Rows), precision, facts);
    }

    /// <summary>A source's examples for a linear model of a large table; null: its features are written out.</summary>
    /// <param name="job">The job.</param>
    /// <param name="source">One shard's part of the source.</param>
    /// <param name="facts">What all shards agree on.</param>
    /// <param name="training">As there.</param>
    public static IExampleTensors? Of(Job job, IShardSource source, DataFacts facts, int[]? training = null) =>
        IsLarge(facts) && Fits(facts) && NetworkCatalogue.Of(job.Model).IsLinear ? source.Labelled?.Described?.ToLinear(job.Model.Precision, facts, training) : null;

    /// <summary>Whether a job's features are so many numbers that they are not written out. It depends on the job and its data alone.</summary>
    public static bool IsLarge(DataFacts facts) => (facts.TrainingRows.Sum() + facts.ValidationRows.Sum()) * facts.Shape.Features >= Large;

    // Outputs of all rows of a shard at once; what is more is written out in parts.
    private static bool Fits(DataFacts facts) =>
        facts.TrainingRows.Zip(facts.ValidationRows, (t, v) => t + v).Max() * facts.Shape.Outputs * sizeof(double) <= int.MaxValue;

    /// <inheritdoc/>
    public Batch Gather(ReadOnlySpan<int> rows, ulong digest, PassPlace place)
    {
        // So many rows are all that are trained on, in whichever order: they are read one after another, and the sums have that order.
        var isPass = rows.Length == _training?.Length && 2L * rows.Length > _table.Rows;
        int[] own = isPass ? _training! : [.. rows];
        var (inputs, chosen) = (empty([own.Length, 0], _type), new LinearRows(_table, own, isPass, _dense));
        if (isPass && own.Length == _table.Rows)
        {
            return _targets.First(inputs, digest) with { Rows = chosen };
        }

        using var index = empty(own.Length, ScalarType.Int32);
        own.CopyTo(MemoryMarshal.Cast<byte, int>(index.bytes));
        return _targets.Batch(inputs, own, index, digest) with { Rows = chosen };
    }

    /// <inheritdoc/>
    public void Dispose() => _targets.Dispose();
}
