using Granary.Jobs;
using Granary.Model.Networks;

namespace Granary.Model.Tests.Networks;

/// <summary>Float64 weights, uniform on [-0.5, 0.5): biases and gains too, so that none hides behind a 0 or a 1.</summary>
internal static unsafe class RandomWeights
{
    public static FlatTensor Of(IReadOnlyList<ParameterShape> shape, long seed)
    {
        var flat = new FlatTensor(shape, Precision.Float64);
        var random = SeededRandom.For(seed, RandomPurpose.InitialWeights, 0, 0);
        for (var i = 0; i < ModelShape.Weights(shape); i++)
        {
            ((double*)flat.Data)[i] = random.NextDouble() - 0.5;
        }

        return flat;
    }
}
