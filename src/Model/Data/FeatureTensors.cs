using Granary.Jobs;
using TorchSharp;
using static TorchSharp.torch;

namespace Granary.Model.Data;

/// <summary>Feature rows [n, d] and class ids [n], resident.</summary>
internal sealed class FeatureTensors : IExampleTensors
{
    private readonly Tensor _features;
    private readonly Tensor _targets;

    private FeatureTensors(Tensor features, Tensor targets) => (_features, _targets) = (features, targets);

    /// <summary>Standardises where the facts say so, and turns labels into class ids.</summary>
    public static FeatureTensors Create(IShardSource source, Func<int, string> label, Precision precision, DataFacts facts)
    {
        var (n, d) = (source.Rows, source.Features);
        var ids = facts.Classes.Select((name, id) => (name, id)).ToDictionary(c => c.name, c => (long)c.id);
        using var scope = NewDisposeScope();
        var targets = tensor([.. Enumerable.Range(0, n).Select(row => ids[label(row)])], ScalarType.Int64);
        var values = new double[(long)n * d];
        for (var row = 0; row < n; row++)
        {
            for (var f = 0; f < d; f++)
            {
                values[((long)row * d) + f] = Scale(source.Feature(row, f), f, facts.Scaling);
            }
        }

        var features = tensor(values, [n, d], ScalarType.Float64);
        return new FeatureTensors(
            features.to(precision == Precision.Float64 ? ScalarType.Float64 : ScalarType.Float32).DetachFromDisposeScope(),
            targets.DetachFromDisposeScope());
    }

    private static double Scale(double x, int feature, Scaling? scaling) =>
        scaling is null ? x
        : scaling.Deviation[feature] == 0 ? 0
        : (x - scaling.Mean[feature]) / scaling.Deviation[feature];

    /// <inheritdoc/>
    public (Tensor Inputs, Tensor Targets) Gather(ReadOnlySpan<int> rows, PassPlace place)
    {
        using var index = tensor(rows.ToArray(), ScalarType.Int32);
        return (_features.index_select(0, index), _targets.index_select(0, index));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _features.Dispose();
        _targets.Dispose();
    }
}
