using Granary.Bench.Calibration;

namespace Granary.Bench.Tests;

public class BlasRuleTests
{
    [Theory]
    [InlineData("/usr/lib/x86_64-linux-gnu/openblas-pthread/libopenblasp-r0.3.21.so", "OpenBLAS 0.3.21")]
    [InlineData("/usr/lib/x86_64-linux-gnu/blis-openmp/libblas.so.3", "libblas.so.3")]
    [InlineData("/usr/lib/x86_64-linux-gnu/atlas/libblas.so.3.10.3", "libblas.so.3.10.3")]
    [InlineData("/opt/intel/libmkl_rt.so.2", "")]
    [InlineData("/torch/lib/libtorch_cpu.so", "PyTorch 2.5.1 with MKL")]
    public void Tuned_libraries_are_peers(string library, string version) => Assert.Null(BlasRule.Refusal(new Arithmetic(library, version, 80), 90));

    [Theory]
    [InlineData("/usr/lib/x86_64-linux-gnu/blas/libblas.so.3.11.0", "libblas.so.3.11.0; PyTorch 1.13.0a0")]
    [InlineData("/torch/lib/libtorch_cpu.so", "PyTorch 1.13 with MKL-DNN")] // which is no BLAS
    [InlineData("no BLAS is mapped", "")]
    public void The_reference_is_refused_however_fast_it_is(string library, string version) =>
        Assert.Equal(
            $"it computes with the reference BLAS, {library} (80.0 GFLOP/s): apt-get install libopenblas0-pthread",
            BlasRule.Refusal(new Arithmetic(library, version, 80), 90));

    [Theory]
    [InlineData(18.1, true)]
    [InlineData(17.9, false)]
    public void So_is_whatever_is_five_times_slower(double gflops, bool allowed) =>
        Assert.Equal(allowed, BlasRule.Refusal(new Arithmetic("libopenblas.so", "OpenBLAS", gflops), 90) is null);

    [Fact]
    public void A_rate_of_Granarys_that_is_not_known_refuses_nobody() => Assert.Null(BlasRule.Refusal(new Arithmetic("libopenblas.so", "OpenBLAS", 0.1), 0));
}
