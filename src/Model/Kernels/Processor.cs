using System.Runtime.InteropServices;

namespace Granary.Model.Kernels;

/// <summary>What libtorch's kernels are chosen by. Family and model are no part of it: MKL and oneDNN choose by vendor, instruction sets and cache
/// sizes, so that two processors that agree here compute the same bits, and two that are sold under one name may not.</summary>
/// <param name="Architecture">"x64", "arm64".</param>
/// <param name="Vendor">"AuthenticAMD": MKL takes other paths for other vendors. Of Arm processors implementer and part, as OpenBLAS asks for them.</param>
/// <param name="Features">Instruction sets that matter, from the oldest to the newest.</param>
/// <param name="Caches">Bytes of a core's first and second data cache, by which products and convolutions are cut into blocks; 0: a virtual
/// machine hides it. Null: cores differ, or the processor does not say.</param>
internal sealed record Processor(string Architecture, string Vendor, IReadOnlyList<string> Features, (long First, long Second)? Caches)
{
    /// <summary>This machine's.</summary>
    public static Processor This { get; } = Read();

    /// <summary>"x64 AuthenticAMD avx2 fma; caches 32K 512K".</summary>
    public string Describe() => string.Join(' ', new[] { Architecture, Vendor }.Concat(Features.DefaultIfEmpty("base")).Where(p => p.Length > 0)) + (Caches is { } caches
        ? $"; caches {Size(caches.First)} {Size(caches.Second)}"
        : "");

    private static string Size(long bytes) => bytes == 0 ? "hidden" : FormattableString.Invariant($"{bytes >> 10}K");

    private static Processor Read()
    {
        var architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        return System.Runtime.Intrinsics.X86.X86Base.IsSupported
            ? X86Processor.Read(architecture, (leaf, sub) => System.Runtime.Intrinsics.X86.X86Base.CpuId(leaf, sub))
            : ArmProcessor.Read(architecture);
    }
}
