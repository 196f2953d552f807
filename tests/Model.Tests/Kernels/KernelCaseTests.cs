using Granary.Jobs;
using Granary.Model.Kernels;
using Granary.Model.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Kernels;

public sealed class KernelCaseTests
{
    [Fact]
    public void Rounding_is_no_fault_and_every_case_is_computed_in_both_precisions()
    {
        TorchKernels.Require(); // where libtorch's own choice is wrong, what replaces it
        KernelCase[] cases = [.. KernelCases.BuiltIn, .. KernelCases.OwnModels];
        var errors = cases.Select(c => (c.Name, Error: c.Error())).ToArray();
        Assert.All(errors, e => Assert.False(KernelCase.IsWrong(e.Error), $"{e.Name}: {e.Error}"));
        string[] exact = ["embedding", "relu", "max pooling", "of 1 tokens"]; // numbers that are only moved
        Assert.All(errors.Where(e => !exact.Any(n => e.Name.Contains(n, StringComparison.Ordinal))), e => Assert.True(e.Error > 0, e.Name));
        Assert.Equal(cases.Length, cases.Select(c => c.Name).Distinct().Count());
    }

    [Theory]
    [InlineData(1.001)]
    [InlineData(0.0)]
    [InlineData(-1.0)]
    public void An_input_gradient_that_is_wrong_in_float32_is_a_fault(double factor)
    {
        var wrong = new KernelCase("convolution", [[2, 3, 5, 5], [4, 3, 3, 3]], x => nn.functional.conv2d(Wrong.Gradient(x[0], factor), x[1]));
        Assert.True(KernelCase.IsWrong(wrong.Error()));
    }

    [Fact]
    public void So_is_a_gradient_that_is_no_number() =>
        Assert.True(KernelCase.IsWrong(new KernelCase("product", [[2, 3], [3, 4]], x => Wrong.NoNumber(x[0]).matmul(x[1])).Error()));

    [Fact]
    public void A_gradient_that_is_zero_but_for_rounding_is_none()
    {
        static Tensor Nothing(Tensor x)
        {
            using Scalar factor = x.dtype == ScalarType.Float64 ? 0 : 1e-9;
            return x * factor;
        }

        Assert.InRange(new KernelCase("sum", [[3, 4], [3, 4]], x => x[0].add(Nothing(x[1]), HeldScalars.One)).Error(), 0, 1e-5);
    }

    [Fact]
    public void So_is_a_product_that_has_other_bits_the_second_time()
    {
        var times = 0;
        Tensor Product(Tensor[] x)
        {
            using Scalar little = x[0].dtype == ScalarType.Float32 && times++ == 1 ? 1 + 1e-7 : 1.0;
            return x[0].matmul(x[1]) * little;
        }

        Assert.True(KernelCase.IsWrong(new KernelCase("product", [[4, 3], [3, 4]], Product).Error()));
        Assert.Equal(2, times);
    }

    [Fact]
    public void Wrong_kernels_that_were_chosen_by_instruction_sets_are_refused_for_the_next_process_too()
    {
        var wrong = new KernelCase("product", [[2, 3], [3, 4]], x => Wrong.Gradient(x[0], 1.001).matmul(x[1]));
        IReadOnlyList<KernelFault>? refused = null;
        var hasPlace = true;
        bool Refuse(IReadOnlyList<KernelFault> faults)
        {
            refused = faults;
            return hasPlace;
        }

        var message = Assert.Throws<JobException>(() => KernelSelection.Select(_ => [new(wrong.Name, wrong.Error())], Refuse)).Message;
        Assert.Equal("product", Assert.Single(refused!).Name);
        Assert.StartsWith("libtorch computes wrongly on this machine with MKL's kernels for the processor's instruction sets: product (relative error ", message);
        Assert.EndsWith("Start again: from now on stock kernels are taken here by themselves.", message);
        hasPlace = false;
        Assert.EndsWith("Start again with GRANARY_KERNELS=stock.", Assert.Throws<JobException>(() => KernelSelection.Select(_ => [new("product", 1)], Refuse)).Message);

        // Where convolutions alone are wrong, MKL has nothing to do with it.
        refused = null;
        KernelFault[] convolutions = [new("conv2d", 0.5)];
        Assert.Equal(KernelChoice.WithoutOneDnn, KernelSelection.Select(c => c == KernelChoice.Standard ? convolutions : [], Refuse).Choice);
        Assert.Null(refused);
    }

    [Fact]
    public void The_first_choice_that_is_right_is_taken_and_where_none_is_one_line_says_so()
    {
        KernelFault[] none = [], some = [new("conv2d", 0.5), new("conv1d", double.NaN)];
        Assert.Equal(new KernelOutcome(KernelChoice.Standard, none), KernelSelection.Select(c => c == KernelChoice.Standard ? none : throw new InvalidOperationException("needless")));
        Assert.Equal(new KernelOutcome(KernelChoice.WithoutOneDnn, some), KernelSelection.Select(c => c == KernelChoice.Standard ? some : none));
        var both = Assert.Throws<JobException>(() => KernelSelection.Select(_ => some)).Message;
        Assert.StartsWith("libtorch computes wrongly on this machine: conv1d (relative error NaN, and 1 more). It does so without oneDNN too: conv1d", both);
        Assert.DoesNotContain('\n', both);
        Assert.Contains("cannot be turned off in this libtorch", Assert.Throws<JobException>(() => KernelSelection.Select(c => c == KernelChoice.Standard ? some : null)).Message);
    }
}

/// <summary>Functions that are x, and whose derivatives are right in float64 and wrong in float32: what broken kernels look like.</summary>
internal static class Wrong
{
    public static Tensor Gradient(Tensor x, double factor) =>
        x.dtype == ScalarType.Float64 ? x : x.detach() + ((x - x.detach()) * factor);

    public static Tensor NoNumber(Tensor x) => x.dtype == ScalarType.Float64 ? x : x + (x - x.detach()).abs().sqrt(); // infinity times 0
}
