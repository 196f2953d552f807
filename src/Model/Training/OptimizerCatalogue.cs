using Granary.Jobs;

namespace Granary.Model.Training;

/// <summary>Every optimiser by name.</summary>
public static class OptimizerCatalogue
{
    /// <summary>The optimiser a job describes.</summary>
    public static IOptimizer Create(OptimizerSection optimizer) => throw new NotSupportedException();
}
