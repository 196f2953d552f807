using System.Runtime.InteropServices;
using System.Text;
using Granary.Model.Kernels;

namespace Granary.Model.Tests.Kernels;

/// <summary>Processors that exist, and some that could, by what they answer to cpuid.</summary>
public sealed class ProcessorTests
{
    private const int Avx2 = 1 << 5;
    private const int SkylakeX = Avx2 | (1 << 16) | (1 << 17) | (1 << 28) | (1 << 30) | (1 << 31);

    // Line size 64, one partition, and the given ways and sets.
    private static (int, int, int, int) Cache(int kind, int level, int ways, int sets) => (kind | (level << 5), 63 | ((ways - 1) << 22), sets - 1, 0);

    private static Func<int, int, (int A, int B, int C, int D)> Cpu(
        string vendor, int b = Avx2, int c = 0, int d = 0, int bf16 = 0, (int, int, int, int)[]? caches = null, int family = 0x00A00F11)
    {
        var letters = MemoryMarshal.Cast<byte, int>(Encoding.ASCII.GetBytes(vendor)).ToArray();
        var leaf = vendor == "GenuineIntel" ? 4 : unchecked((int)0x8000001D);
        return (asked, sub) => asked switch
        {
            0 => (13, letters[0], letters[2], letters[1]),
            1 => (family, 0, (1 << 28) | (1 << 12), 0),
            7 => sub == 0 ? (1, b, c, d) : (bf16, 0, 0, 0),
            int.MinValue => (unchecked((int)0x80000028), 0, 0, 0),
            _ when asked == leaf && caches is not null && sub < caches.Length => caches[sub],
            _ => (0, 0, 0, 0),
        };
    }

    private static string Describe(Func<int, int, (int A, int B, int C, int D)> cpuid) => X86Processor.Read("x64", cpuid).Describe();

    private static (int, int, int, int)[] Zen { get; } = [Cache(1, 1, 8, 64), Cache(2, 1, 8, 64), Cache(3, 2, 8, 1024), Cache(3, 3, 16, 32768)];

    [Fact]
    public void A_processor_is_its_vendor_its_instruction_sets_and_its_caches()
    {
        Assert.Equal("x64 AuthenticAMD avx fma avx2; caches 32K 512K", Describe(Cpu("AuthenticAMD", caches: Zen)));
        Assert.Equal(
            "x64 GenuineIntel avx fma avx2 avx512f avx512dq avx512cd avx512bw avx512vl avx512vnni avx512bf16 avx512fp16; caches 48K 2048K",
            Describe(Cpu("GenuineIntel", SkylakeX, 1 << 11, 1 << 23, 1 << 5, [Cache(1, 1, 12, 64), Cache(2, 1, 8, 64), Cache(3, 2, 16, 2048)])));
    }

    [Fact]
    public void Two_of_one_vendor_with_the_same_features_are_alike_whatever_they_are_called() =>
        Assert.Equal(Describe(Cpu("AuthenticAMD", caches: Zen)), Describe(Cpu("AuthenticAMD", caches: Zen, family: 0x00830F10)));

    [Fact]
    public void Vendors_instruction_sets_and_hidden_caches_make_a_difference()
    {
        string[] different =
        [
            Describe(Cpu("AuthenticAMD", SkylakeX, caches: Zen)),
            Describe(Cpu("GenuineIntel", SkylakeX, caches: Zen)),
            Describe(Cpu("GenuineIntel", SkylakeX, 1 << 11, caches: Zen)),
            Describe(Cpu("AuthenticAMD", caches: Zen)),
            Describe(Cpu("AuthenticAMD")),
            Describe(Cpu("AuthenticAMD", b: 0, caches: Zen)),
        ];
        Assert.Equal(different.Length, different.Distinct().Count());
        Assert.EndsWith("; caches hidden hidden", different[4]);
    }

    [Fact]
    public void Where_cores_are_of_two_kinds_it_does_not_depend_on_the_core_that_answers()
    {
        var big = Cpu("GenuineIntel", d: 1 << 15, caches: [Cache(1, 1, 12, 64), Cache(3, 2, 10, 2048)]);
        var little = Cpu("GenuineIntel", d: 1 << 15, caches: [Cache(1, 1, 8, 64), Cache(3, 2, 16, 2048)]);
        Assert.Equal("x64 GenuineIntel avx fma avx2", Describe(big));
        Assert.Equal(Describe(big), Describe(little));
    }

    [Fact]
    public void This_machine_s_agrees_with_what_the_system_says()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64, "/proc/cpuinfo of an x86 is read");
        var lines = File.ReadAllLines("/proc/cpuinfo").Select(l => l.Split(':', 2, StringSplitOptions.TrimEntries)).Where(p => p.Length == 2).ToLookup(p => p[0], p => p[1]);
        Assert.Equal(lines["vendor_id"].First(), Processor.This.Vendor);
        var flags = lines["flags"].First().Split(' ');
        Assert.All(new[] { "avx", "fma", "avx2", "avx512f", "avx512dq", "avx512bw", "avx512vl" }, f => Assert.Equal(flags.Contains(f), Processor.This.Features.Contains(f)));
    }

    [Fact]
    public void Of_an_Arm_processor_it_is_who_made_its_cores() => Assert.Equal(
        "0x41+0xd05+0xd0a", ArmProcessor.Maker(["processor\t: 0", "CPU implementer\t: 0x41", "CPU part\t: 0xd0a", "", "CPU implementer\t: 0x41", "CPU part\t: 0xd05"]));

    [Fact]
    public void Variables_that_change_kernels_belong_to_a_platform_and_others_do_not()
    {
        var set = new Dictionary<string, string> { ["ONEDNN_MAX_CPU_ISA"] = "AVX2", ["MKL_CBWR"] = "COMPATIBLE", ["OMP_NUM_THREADS"] = "4", ["ATEN_CPU_CAPABILITY"] = "" };
        Assert.Equal(["MKL_CBWR=COMPATIBLE", "ONEDNN_MAX_CPU_ISA=AVX2"], KernelVariables.Of(set.GetValueOrDefault));
        var processor = new Processor("x64", "AuthenticAMD", ["avx2"], (32 << 10, 512 << 10));
        var platform = new Platform("0.1.0", "cpu", processor, "2.10.0", ["standard kernels"], KernelVariables.Of(set.GetValueOrDefault));
        Assert.Equal(
            "granary 0.1.0 arithmetic 2; cpu; x64 AuthenticAMD avx2; caches 32K 512K; libtorch 2.10.0; standard kernels; MKL_CBWR=COMPATIBLE; ONEDNN_MAX_CPU_ISA=AVX2", platform.Describe());
        Assert.Equal(platform.Describe(), (platform with { Device = "cpu" }).Describe());
        Assert.Contains("; kernels without oneDNN; MKL by instruction sets; ", (platform with { Kernels = [new KernelOutcome(KernelChoice.WithoutOneDnn, []).Name, MklKernels.ByFeatures] }).Describe());
    }
}
