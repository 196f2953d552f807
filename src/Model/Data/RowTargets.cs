using Granary.Jobs;
using static TorchSharp.torch;

namespace Granary.Model.Data;

/// <summary>Rows' targets [n], resident: their labels as class ids, or numbers; or [n, K], 1 for each label that a row has; and what each row weighs, by itself and by its class. The number of a row that weighs
/// nothing is 0 (see <see cref="ReadyRows"/>).</summary>
internal sealed class RowTargets : IDisposable
{
    private readonly Tensor _targets;
    private readonly double[]? _weights; // by row and class
    private readonly double[]? _rowWeights;

    /// <param name="source">The rows.</param>
    /// <param name="order">Which of them, in this order.</param>
    /// <param name="precision">Of targets that are numbers.</param>
    /// <param name="facts">Which label is which class, and what a class weighs; or what a number is standardised with.</param>
    public RowTargets(IFeatureSource source, IEnumerable<int> order, Precision precision, DataFacts facts)
    {
        _rowWeights = source.Weights is { } own ? [.. order.Select(row => own[row])] : null;
        if (source.Targets is { } numbers)
        {
            _weights = _rowWeights;
            double[] scaled = [.. order.Select(row => source.Weights?[row] == 0 ? 0 : facts.TargetScaling.ToModel(numbers[row]))];
            _targets = tensor(scaled, precision == Precision.Float64 ? ScalarType.Float64 : ScalarType.Float32).DetachFromDisposeScope();
            return;
        }

        if (source.LabelIndicators is { } indicators)
        {
            _weights = _rowWeights;
            var type = precision == Precision.Float64 ? ScalarType.Float64 : ScalarType.Float32;
            int[] rows = [.. order];
            double[] has = [.. rows.SelectMany(row => indicators.Select(of => of[row]))];
            _targets = tensor(has, [rows.Length, indicators.Length], type).DetachFromDisposeScope();
            return;
        }

        var classes = new LabelIndex(facts.Classes);
        long[] targets = [.. order.Select(row => (long)classes.Find(source.Label(row))!.Value)];
        _targets = tensor(targets, ScalarType.Int64).DetachFromDisposeScope();
        _weights = facts.ClassWeights is not { } weights ? _rowWeights
            : [.. targets.Select((id, i) => _rowWeights is null ? weights[id] : weights[id] * _rowWeights[i])];
    }

    /// <summary>The first rows as a batch.</summary>
    /// <param name="inputs">[B, features] of these rows.</param>
    /// <param name="digest">Of the rows.</param>
    public Batch First(Tensor inputs, ulong digest)
    {
        var count = (int)inputs.shape[0];
        return Weighted(inputs, _targets.narrow(0, 0, count), _weights?[..count], _rowWeights?[..count], digest);
    }

    /// <summary>Some rows as a batch.</summary>
    /// <param name="inputs">[B, features] of these rows.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="index">[B] the rows.</param>
    /// <param name="digest">Of the rows.</param>
    public Batch Batch(Tensor inputs, ReadOnlySpan<int> rows, Tensor index, ulong digest)
    {
        return Weighted(inputs, _targets.index_select(0, index), Some(_weights, rows), Some(_rowWeights, rows), digest);
    }

    private static double[]? Some(double[]? of, ReadOnlySpan<int> rows)
    {
        if (of is null)
        {
            return null;
        }

        var some = new double[rows.Length];
        for (var b = 0; b < some.Length; b++)
        {
            some[b] = of[rows[b]];
        }

        return some;
    }

    private static Batch Weighted(Tensor inputs, Tensor targets, double[]? weights, double[]? rowWeights, ulong digest)
    {
        var count = (int)inputs.shape[0];
        if (weights is null)
        {
            return new Batch(inputs, targets, count, count, digest);
        }

        double sum = 0;
        foreach (var weight in weights)
        {
            sum += weight;
        }

        return new Batch(inputs, targets, count, sum, digest) { Weights = tensor(weights, inputs.dtype), RowWeights = rowWeights };
    }

    /// <inheritdoc/>
    public void Dispose() => _targets.Dispose();
}
