using Granary.Model.Kernels;

namespace Granary.Model.Tests.Kernels;

/// <summary>The switch is the process's: no other test runs meanwhile.</summary>
[CollectionDefinition(nameof(KernelSwitchTests), DisableParallelization = true)]
[Collection(nameof(KernelSwitchTests))]
public sealed class KernelSwitchTests
{
    [Fact]
    public void Without_oneDNN_everything_is_right_and_other_kernels_compute()
    {
        KernelCase[] cases = [.. KernelCases.BuiltIn, .. KernelCases.OwnModels];
        var before = TorchKernels.Require();
        try
        {
            Assert.True(KernelSwitch.TrySet(KernelChoice.Standard));
            var standard = cases.Select(c => c.Error()).ToArray();
            Assert.Equal([], TorchKernels.Test(KernelChoice.WithoutOneDnn, cases)!);
            var without = cases.Select(c => c.Error()).ToArray();
            Assert.Contains(Enumerable.Range(0, cases.Length), i => cases[i].Name.StartsWith("conv2d", StringComparison.Ordinal) && standard[i] != without[i]);
            Assert.DoesNotContain(Enumerable.Range(0, cases.Length), i => cases[i].Name.Contains("product", StringComparison.Ordinal) && standard[i] != without[i]);
        }
        finally
        {
            KernelSwitch.TrySet(before == new KernelOutcome(KernelChoice.Standard, []).Name ? KernelChoice.Standard : KernelChoice.WithoutOneDnn);
        }
    }
}
