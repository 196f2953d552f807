using System.Runtime.InteropServices;
using System.Text;

namespace Granary.Model.Kernels;

/// <summary>What a processor says of itself through the instruction cpuid.</summary>
internal static class X86Processor
{
    private const int Vendor = 0;
    private const int Caches = 4;
    private const int Features = 7;
    private const int AmdCaches = unchecked((int)0x8000001D);
    private const int MostCaches = 8;

    // Those that ATen, MKL or oneDNN have kernels of float32 and float64 for. The registers of leaf 7, by subleaf.
    private static readonly (string Name, int Sub, char Register, int Bit)[] Known =
    [
        ("avx2", 0, 'b', 5), ("avx512f", 0, 'b', 16), ("avx512dq", 0, 'b', 17), ("avx512cd", 0, 'b', 28), ("avx512bw", 0, 'b', 30), ("avx512vl", 0, 'b', 31),
        ("avx512vnni", 0, 'c', 11), ("avx512bf16", 1, 'a', 5), ("avx512fp16", 0, 'd', 23), ("avx10", 1, 'd', 19),
    ];

    /// <summary>Reads it.</summary>
    /// <param name="architecture">"x64".</param>
    /// <param name="cpuid">The registers eax to edx of a leaf and subleaf.</param>
    public static Processor Read(string architecture, Func<int, int, (int A, int B, int C, int D)> cpuid)
    {
        var (last, b, c, d) = cpuid(Vendor, 0);
        int[] letters = [b, d, c];
        var vendor = Encoding.ASCII.GetString(MemoryMarshal.AsBytes<int>(letters)).Trim('\0', ' ');
        return new Processor(architecture, vendor, [.. FeaturesOf(last, cpuid)], CachesOf(last, vendor, cpuid));
    }

    private static IEnumerable<string> FeaturesOf(int last, Func<int, int, (int A, int B, int C, int D)> cpuid)
    {
        var basic = cpuid(1, 0);
        if (Has(basic.C, 28))
        {
            yield return "avx";
        }

        if (Has(basic.C, 12))
        {
            yield return "fma";
        }

        foreach (var (name, sub, register, bit) in last < Features ? [] : Known)
        {
            var (a, b, c, d) = cpuid(Features, sub);
            var value = register switch { 'a' => a, 'b' => b, 'c' => c, _ => d };
            if (Has(value, bit) && (sub == 0 || cpuid(Features, 0).A >= sub))
            {
                yield return name;
            }
        }
    }

    // Null where cores of two kinds are in one processor: it depends on the core that is asked.
    private static (long First, long Second)? CachesOf(int last, string vendor, Func<int, int, (int A, int B, int C, int D)> cpuid)
    {
        if (last >= Features && Has(cpuid(Features, 0).D, 15))
        {
            return null;
        }

        var amd = vendor is "AuthenticAMD" or "HygonGenuine";
        if (amd ? (uint)cpuid(int.MinValue, 0).A < unchecked((uint)AmdCaches) : last < Caches)
        {
            return (0, 0);
        }

        long first = 0, second = 0;
        for (var i = 0; i < MostCaches; i++)
        {
            var (a, b, c, _) = cpuid(amd ? AmdCaches : Caches, i);
            var (kind, level) = (a & 31, (a >> 5) & 7);
            if (kind == 0)
            {
                break;
            }

            var size = (((long)(uint)b >> 22) + 1) * (((b >> 12) & 1023) + 1) * ((b & 4095) + 1) * ((long)(uint)c + 1);
            (first, second) = (level, kind) switch { (1, 1 or 3) => (size, second), (2, 1 or 3) => (first, size), _ => (first, second) };
        }

        return (first, second);
    }

    private static bool Has(int register, int bit) => (register >> bit & 1) != 0;
}
