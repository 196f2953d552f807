using Granary.Jobs;

namespace Granary.Model.Training;

/// <summary>Every optimiser by name.</summary>
public static class OptimizerCatalogue
{
    /// <summary>The optimiser a job describes.</summary>
    public static IOptimizer Create(OptimizerSection optimizer) => optimizer.Kind switch
    {
        OptimizerKind.Sgd => new Sgd(optimizer.WeightDecay),
        OptimizerKind.Momentum => new Momentum(optimizer.Momentum, optimizer.WeightDecay),
        OptimizerKind.Adam => new Adam(optimizer, decoupled: false),
        OptimizerKind.AdamW => new Adam(optimizer, decoupled: true),
        OptimizerKind.Lbfgs => new AveragedGradient(optimizer.StatePerWeight()),
        _ => throw new ArgumentOutOfRangeException(nameof(optimizer), optimizer.Kind, null),
    };
}
