using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace Granary.Bench.Calibration;

/// <summary>The rate of this process's own libtorch, in the same product as bench/peers/arithmetic.py.</summary>
internal static class TorchProduct
{
    private const int Rows = 128;
    private const int Inner = 784;
    private const int Columns = 256;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(0.2);

    public static Arithmetic Measure()
    {
        set_num_threads(1);
        using var none = no_grad();
        using var a = rand(Rows, Inner);
        using var b = rand(Inner, Columns);
        var best = double.MaxValue;
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < Time;)
        {
            var from = Stopwatch.GetTimestamp();
            using var product = a.mm(b);
            best = Math.Min(best, Stopwatch.GetElapsedTime(from).TotalSeconds);
        }

        var library = OperatingSystem.IsLinux() ? MappedLibraries.Find(File.ReadLines("/proc/self/maps"), "libtorch_cpu") : null;
        return new Arithmetic(library ?? "libtorch_cpu", $"libtorch {__version__} with MKL", 2e-9 * Rows * Inner * Columns / best);
    }
}
