using TorchSharp;
using static TorchSharp.torch;

namespace Granary.Model.Kernels;

/// <summary>A computation with a known answer: float64 is taken for right, since its kernels are others and its rounding is finer.</summary>
/// <param name="Name">For messages: "conv2d 3 to 6 channels".</param>
/// <param name="Shapes">Of the inputs. All of them get gradients.</param>
/// <param name="Forward">The computation; it must be one that torch can differentiate.</param>
internal sealed record KernelCase(string Name, long[][] Shapes, Func<Tensor[], Tensor> Forward)
{
    // Honest rounding comes to 2e-6 in the cases at hand, wrong kernels to 1e-2 and more.
    private const double Tolerance = 1e-4;

    private static readonly Scalar NaN = float.NaN; // see HeldScalars
    private static readonly int[] PoisonedSizes = [16, 24, 40, 64, 100, 160, 256, 400, 640, 1024, 1600, 2560, 4096, 6400, 10240, 16384, 40960];

    /// <summary>Computes the output and the inputs' gradients in both precisions, in float32 twice.</summary>
    /// <returns>The largest error of them, relative to the norm of what is right (or to a thousandth of the largest norm, for what is zero but for
    /// rounding); not finite where a number is none, or is another the second time.</returns>
    public double Error()
    {
        using var scope = NewDisposeScope();
        using var mode = enable_grad(); // whoever asks may compute without
        var exact = Run(ScalarType.Float64);
        Poison();
        var tested = Run(ScalarType.Float32);
        Poison();
        if (!Run(ScalarType.Float32).Zip(tested, SameBits).All(same => same))
        {
            return double.NaN;
        }

        var least = exact.Max(Norm) / 1000;
        return tested.Zip(exact, (one, right) => Norm(one.to(ScalarType.Float64) - right) / Math.Max(Norm(right), least))
            .Aggregate(0.0, (worst, error) => double.IsNaN(worst) || error <= worst ? worst : error);
    }

    /// <summary>Whether an error is beyond rounding.</summary>
    public static bool IsWrong(double error) => !(error <= Tolerance);

    private Tensor[] Run(ScalarType type)
    {
        Tensor[] inputs = [.. Shapes.Select((shape, i) => Numbers(shape, i, type).requires_grad_())];
        var output = Forward(inputs);
        output.backward([Numbers(output.shape, inputs.Length, type)]);
        return [output.detach(), .. inputs.Select(i => i.grad!)];
    }

    // Between -1 and 1, the same in both precisions, and without torch's generator, which others draw from.
    private static Tensor Numbers(long[] shape, int which, ScalarType type)
    {
        var numbers = new float[shape.Aggregate(1L, (a, b) => a * b)];
        var state = (uint)(which + 1) * 2654435761u;
        for (var i = 0; i < numbers.Length; i++)
        {
            state = (state * 1664525u) + 1013904223u;
            numbers[i] = ((state >> 8) / (float)(1 << 23)) - 1;
        }

        return tensor(numbers, shape, ScalarType.Float32).to(type, copy: true); // into torch's own memory: bits may depend on where a vector begins
    }

    private static bool SameBits(Tensor one, Tensor other) => one.contiguous().bytes.SequenceEqual(other.contiguous().bytes);

    private static double Norm(Tensor numbers) => numbers.norm().item<double>();

    /// <summary>Leaves freed memory full of NaN, so that a kernel that reads what it has not written shows it.</summary>
    public static void Poison()
    {
        var held = PoisonedSizes.SelectMany(n => new[] { full(n, NaN), full(n, NaN) }).ToArray();
        foreach (var tensor in held)
        {
            tensor.Dispose();
        }
    }
}
