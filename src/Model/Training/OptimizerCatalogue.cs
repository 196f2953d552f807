using Granary.Jobs;
using Granary.Model.Custom;

namespace Granary.Model.Training;

/// <summary>Every optimiser by name.</summary>
public static class OptimizerCatalogue
{
    private static readonly Dictionary<OptimizerKind, Func<OptimizerSection, IOptimizer>> All = new()
    {
        [OptimizerKind.Sgd] = o => new Sgd(o.WeightDecay),
        [OptimizerKind.Momentum] = o => new Momentum(o.Momentum, o.WeightDecay),
        [OptimizerKind.Adam] = o => new Adam(o, decoupled: false),
        [OptimizerKind.AdamW] = o => new Adam(o, decoupled: true),
        [OptimizerKind.Lbfgs] = o => new AveragedGradient(o.Memory),
        [OptimizerKind.Own] = OwnOptimizers.Make,
    };

    /// <summary>The optimiser a job describes.</summary>
    /// <exception cref="JobException">It is one of one's own that this process does not know, or one of its options is wrong.</exception>
    public static IOptimizer Create(OptimizerSection optimizer) => All[optimizer.Kind](optimizer);
}
