using System.Numerics;
using Granary.Jobs;

namespace Granary.Model.Training;

/// <summary>Weights at step 0: they depend on the shape and the seed alone.</summary>
public static class InitialWeights
{
    /// <summary>Fills the flat vector. Each parameter draws from a stream of its own, so that adding one changes no other.</summary>
    public static void Fill<T>(IReadOnlyList<ParameterShape> shape, long seed, Span<T> flat)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var at = 0;
        for (var i = 0; i < shape.Count; i++)
        {
            var parameter = flat.Slice(at, checked((int)shape[i].Count));
            at += parameter.Length;
            var random = SeededRandom.For(seed, RandomPurpose.InitialWeights, i, 0);
            switch (shape[i].Start)
            {
                case Initialisation.Zero:
                    parameter.Clear();
                    break;
                case Initialisation.One:
                    parameter.Fill(T.One);
                    break;
                case Initialisation.Uniform:
                    foreach (ref var w in parameter)
                    {
                        w = T.CreateTruncating(((2 * random.NextDouble()) - 1) * shape[i].Scale);
                    }

                    break;
                default:
                    foreach (ref var w in parameter)
                    {
                        w = T.CreateTruncating(Normal(ref random) * shape[i].Scale);
                    }

                    break;
            }
        }
    }

    // Box and Muller, 1958; the second value of the pair is not kept, so that a weight depends on its place alone.
    private static double Normal(ref SeededRandom random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
