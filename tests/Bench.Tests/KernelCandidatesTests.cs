using Granary.Bench.Calibration;

namespace Granary.Bench.Tests;

public class KernelCandidatesTests
{
    [Theory]
    [InlineData("AuthenticAMD", "fma avx2 avx512f", "its own detection,Haswell,SkylakeX,Zen")]
    [InlineData("AuthenticAMD", "fma avx2", "its own detection,Haswell,Zen")]
    [InlineData("GenuineIntel", "avx2 avx512f", "its own detection,Haswell,SkylakeX")]
    [InlineData("GenuineIntel", "avx", "its own detection")]
    public void Kernels_are_tried_that_the_processor_has(string vendor, string flags, string kernels)
    {
        string[] processor = [$"vendor_id\t: {vendor}", $"flags\t\t: fpu {flags}", ""];
        Assert.Equal(kernels, string.Join(',', KernelCandidates.Of([.. processor, .. processor])));
    }

    [Fact]
    public void Elsewhere_it_chooses_alone() => Assert.Equal([KernelCandidates.Detected], KernelCandidates.Of([]));
}
