using System.Runtime.InteropServices;
using Granary.Jobs;
using TorchSharp;
using static TorchSharp.torch;

namespace Granary.Model.Data;

/// <summary>Feature rows [n, d] and class ids [n], resident.</summary>
internal sealed class FeatureTensors : IExampleTensors
{
    private readonly Tensor _features;
    private readonly ClassTargets _targets;

    private FeatureTensors(Tensor features, ClassTargets targets) => (_features, _targets) = (features, targets);

    /// <summary>Fills missing values in and standardises where the facts say so, and turns labels into class ids.</summary>
    /// <param name="source">The rows.</param>
    /// <param name="value">The value of (row, feature); NaN where it is missing.</param>
    /// <param name="precision">Of the tensors.</param>
    /// <param name="facts">What all shards agree on.</param>
    public static FeatureTensors Create(IFeatureSource source, Func<int, int, double> value, Precision precision, DataFacts facts)
    {
        var (n, d) = (source.Rows, source.Features);
        using var scope = NewDisposeScope();
        var values = new double[(long)n * d];
        for (var row = 0; row < n; row++)
        {
            for (var f = 0; f < d; f++)
            {
                values[((long)row * d) + f] = facts.Scaling.Apply(Fill(value(row, f), f, facts.Fill), f);
            }
        }

        var features = tensor(values, [n, d], ScalarType.Float64);
        return new FeatureTensors(
            features.to(precision == Precision.Float64 ? ScalarType.Float64 : ScalarType.Float32).DetachFromDisposeScope(),
            new ClassTargets(Enumerable.Range(0, n).Select(source.Label), facts));
    }

    private static double Fill(double x, int feature, double[]? fill) => double.IsNaN(x) && fill is not null ? fill[feature] : x;

    /// <inheritdoc/>
    public Batch Gather(ReadOnlySpan<int> rows, ulong digest, PassPlace place)
    {
        using var index = empty(rows.Length, ScalarType.Int32);
        MemoryMarshal.AsBytes(rows).CopyTo(index.bytes); // tensor() would make two arrays of them first
        return _targets.Batch(_features.index_select(0, index), rows, index, digest);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _features.Dispose();
        _targets.Dispose();
    }
}
