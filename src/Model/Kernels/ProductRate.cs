using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace Granary.Model.Kernels;

/// <summary>How fast this process multiplies matrices: what a model's time is mostly made of, and what tells fast kernels from slow ones.</summary>
public static class ProductRate
{
    private static readonly TimeSpan Time = TimeSpan.FromMilliseconds(20);

    /// <summary>Times a product in float32 over and over, for about 20 ms: [128, 784] [784, 256], as a step of a small network has it; on a CUDA
    /// device, which takes longer to be asked than to compute that, [4096, 4096] [4096, 4096].</summary>
    /// <param name="device">"cpu" or "cuda:N".</param>
    /// <returns>The best, in 10^9 operations a second; of one thread on the processor.</returns>
    public static double Gflops(string device) => OneThread.For(() => Measure(device));

    private static double Measure(string device)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var (rows, inner, columns) = device == "cpu" ? (128L, 784L, 256L) : (4096, 4096, 4096);
        var (a, b) = (ones([rows, inner], device: torch.device(device)), ones([inner, columns], device: torch.device(device)));
        _ = a.mm(b);
        var best = double.PositiveInfinity;
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < Time;)
        {
            Finish(device);
            var since = Stopwatch.GetTimestamp();
            using var product = a.mm(b);
            Finish(device);
            best = Math.Min(best, Stopwatch.GetElapsedTime(since).TotalSeconds);
        }

        return 2.0 * rows * inner * columns / best / 1e9;
    }

    private static void Finish(string device)
    {
        if (device != "cpu")
        {
            cuda.synchronize(torch.device(device));
        }
    }
}
