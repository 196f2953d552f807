using Granary.Model.Kernels;
using static TorchSharp.torch;

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

            // What is tested as standard is standard, whatever was switched on before.
            var wrong = new KernelCase("convolution", [[2, 3, 5, 5], [4, 3, 3, 3]], x => nn.functional.conv2d(Wrong.Gradient(x[0], 1.001), x[1]));
            Assert.Equal("convolution", Assert.Single(TorchKernels.Test(KernelChoice.Standard, [wrong])!).Name);
            var again = cases.Select(c => c.Error()).ToArray();
            Assert.Contains(Enumerable.Range(0, cases.Length), i => standard[i] != without[i] && again[i] == standard[i]);
        }
        finally
        {
            KernelSwitch.TrySet(before[0] == new KernelOutcome(KernelChoice.Standard, []).Name ? KernelChoice.Standard : KernelChoice.WithoutOneDnn);
        }
    }
}
