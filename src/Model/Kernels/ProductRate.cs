using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace Granary.Model.Kernels;

/// <summary>How fast this process multiplies matrices: what a model's time is mostly made of, and what tells fast kernels from slow ones.</summary>
public static class ProductRate
{
    private const int Rows = 128;
    private const int Inner = 784;
    private const int Columns = 256;
    private static readonly TimeSpan Time = TimeSpan.FromMilliseconds(20);

    /// <summary>Times a product [128, 784] [784, 256] in float32 over and over, for about 20 ms.</summary>
    /// <param name="device">"cpu", on torch's threads of one operation, or "cuda:N".</param>
    /// <returns>The best, in 10^9 operations a second.</returns>
    public static double Gflops(string device)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var (a, b) = (ones([Rows, Inner], device: torch.device(device)), ones([Inner, Columns], device: torch.device(device)));
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

        return 2.0 * Rows * Inner * Columns / best / 1e9;
    }

    private static void Finish(string device)
    {
        if (device != "cpu")
        {
            cuda.synchronize();
        }
    }
}
