using System.Globalization;
using Granary.Jobs;

namespace Granary.Model.Kernels;

/// <summary>Takes the first kernels that compute rightly. A plain rule: what tests them is given.</summary>
internal static class KernelSelection
{
    /// <param name="test">Says what is wrong under a choice; null: this libtorch has no such choice.</param>
    /// <param name="refuse">Told what is wrong, where MKL chooses by instruction sets and no choice is right: the next process leaves MKL its
    /// own way, as it cannot be changed within a process; false where that cannot be kept. Null: MKL has its own way.</param>
    /// <exception cref="JobException">No choice is right.</exception>
    public static KernelOutcome Select(Func<KernelChoice, IReadOnlyList<KernelFault>?> test, Func<IReadOnlyList<KernelFault>, bool>? refuse = null)
    {
        var standard = test(KernelChoice.Standard)!;
        if (standard.Count == 0)
        {
            return new KernelOutcome(KernelChoice.Standard, []);
        }

        var without = test(KernelChoice.WithoutOneDnn);
        if (without is { Count: 0 })
        {
            return new KernelOutcome(KernelChoice.WithoutOneDnn, standard);
        }

        if (refuse is not null)
        {
            var kept = refuse(standard);
            throw new JobException($"libtorch computes wrongly on this machine with MKL's kernels for the processor's instruction sets: {Describe(standard)}. "
                + (kept ? "Start again: from now on stock kernels are taken here by themselves." : $"Start again with {KernelSetting.Variable}={KernelSetting.Stock}."));
        }

        throw new JobException(
            $"libtorch computes wrongly on this machine: {Describe(standard)}. "
            + (without is null ? "oneDNN, which is the usual cause, cannot be turned off in this libtorch. " : $"It does so without oneDNN too: {Describe(without)}. ")
            + "Start the process with ONEDNN_MAX_CPU_ISA=SSE41, or use another machine.");
    }

    /// <summary>The worst of them and how many there are.</summary>
    public static string Describe(IReadOnlyList<KernelFault> faults)
    {
        var worst = faults.MaxBy(f => double.IsNaN(f.Error) ? double.PositiveInfinity : f.Error)!;
        var more = faults.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $", and {faults.Count - 1} more") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{worst.Name} (relative error {worst.Error:0.0e+0}{more})");
    }
}
