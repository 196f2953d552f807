using System.Runtime.InteropServices;
using Granary.Jobs;
using Granary.Model.Kernels;

namespace Granary.Model.Tests.Kernels;

public sealed unsafe class MklKernelsTests
{
    [Theory]
    [InlineData("auto", "AuthenticAMD", "avx fma avx2 avx512f", true)]
    [InlineData("auto", "AuthenticAMD", "avx fma avx2", false)] // the generic kernels are as fast there
    [InlineData("features", "AuthenticAMD", "avx fma avx2", true)]
    [InlineData("features", "HygonGenuine", "avx fma avx2", true)]
    [InlineData("features", "AuthenticAMD", "avx", false)]
    [InlineData("stock", "AuthenticAMD", "avx fma avx2 avx512f", false)]
    [InlineData("auto", "GenuineIntel", "avx fma avx2 avx512f", false)]
    [InlineData("features", "GenuineIntel", "avx fma avx2 avx512f", false)]
    public void They_are_chosen_by_instruction_sets_where_that_is_wanted_and_of_use(string setting, string vendor, string features, bool wanted)
    {
        var processor = new Processor("x64", vendor, features.Split(' '), (32 << 10, 512 << 10));
        Assert.Equal(wanted && OperatingSystem.IsLinux(), MklKernels.AreWanted(setting, processor));
        Assert.False(MklKernels.AreWanted(setting, processor with { Architecture = "arm64" }));
    }

    [Fact]
    public void A_library_with_one_answer_gives_it_and_knows_that_it_was_asked()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64, "such libraries are for Linux on x64");
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, AnswerLibrary.Build("granary_test_answer"));
            var library = NativeLibrary.Load(path);
            var asked = (byte*)NativeLibrary.GetExport(library, AnswerLibrary.AskedSymbol);
            Assert.Equal(0, *asked);
            Assert.Equal(1, ((delegate* unmanaged<int>)NativeLibrary.GetExport(library, "granary_test_answer"))());
            Assert.Equal(1, *asked);
            Assert.False(NativeLibrary.TryGetExport(library, "granary_test", out _));
            NativeLibrary.Free(library);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_setting_that_is_none_is_refused_by_name()
    {
        Assert.Equal("GRANARY_KERNELS is 'fast', but must be one of auto, stock, features.", Assert.Throws<JobException>(() => KernelSetting.Of("fast")).Message);
        Assert.Equal(["auto", "auto", "stock"], new[] { null, "", "stock" }.Select(KernelSetting.Of));
    }

    [Fact]
    public void What_was_refused_once_is_left_to_MKL_until_its_record_is_removed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only there can they be chosen");
        var folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
        try
        {
            var (refusals, processor) = (new KernelRecord(folder, "refused"), new Processor("x64", "AuthenticAMD", ["avx2", "avx512f"], null));
            Assert.Equal((true, null), MklKernels.Decide("auto", processor, refusals));
            Assert.True(refusals.Keep(new KernelOutcome(KernelChoice.Standard, [new KernelFault("product", 0.5)])));
            var (answer, why) = MklKernels.Decide("auto", processor, refusals);
            Assert.False(answer);
            Assert.StartsWith("they compute wrongly on this machine: product (relative error 5.0e-1)", why);
            Assert.Equal((false, null), MklKernels.Decide("stock", processor, refusals)); // nobody wants them
            File.Delete(refusals.Path);
            Assert.True(MklKernels.Decide("auto", processor, refusals).Answer);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_product_s_rate_is_a_positive_number() => Assert.InRange(ProductRate.Gflops("cpu"), 0.01, 1e6);
}
