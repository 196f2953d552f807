using System.Numerics;
using Granary.Jobs;

namespace Granary.Model.Training;

/// <summary>Weights at step 0: they depend on the shape and the seed alone.</summary>
public static class InitialWeights
{
    /// <summary>Fills the flat vector.</summary>
    public static void Fill<T>(IReadOnlyList<ParameterShape> shape, long seed, Span<T> flat)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => throw new NotSupportedException();
}
