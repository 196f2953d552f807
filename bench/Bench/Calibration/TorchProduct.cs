using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
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
        return new Arithmetic(library ?? "libtorch_cpu", $"libtorch {__version__}, MKL{Mkl(library)}", 2e-9 * Rows * Inner * Columns / best);
    }

    // A part of libtorch's file: void MKL_Get_Version_String(char* text, int length).
    private static unsafe string Mkl(string? library)
    {
        if (library is null || !NativeLibrary.TryLoad(library, out var torch) || !NativeLibrary.TryGetExport(torch, "MKL_Get_Version_String", out var get))
        {
            return "";
        }

        var text = new byte[256];
        fixed (byte* start = text)
        {
            ((delegate* unmanaged[Cdecl]<byte*, int, void>)get)(start, text.Length);
        }

        return ": " + Encoding.ASCII.GetString(text).TrimEnd('\0', ' ').Split(" for ")[0]; // "Intel(R) oneAPI Math Kernel Library Version 2024.2-Product Build 20240605"
    }
}
