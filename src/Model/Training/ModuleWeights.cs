using Granary.Jobs;
using Granary.Model.Networks;

namespace Granary.Model.Training;

/// <summary>Weights at step 0 of a model that does not start as its parameters' shape says.</summary>
public static class ModuleWeights
{
    /// <summary>Fills the flat vector where the job's model is such a one; else leaves it.</summary>
    public static void Fill<T>(Job job, InputShape input, Span<T> flat)
        where T : unmanaged => NetworkCatalogue.Of(job.Model).Start(job, input, flat);
}
