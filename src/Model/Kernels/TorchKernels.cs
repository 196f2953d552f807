using Granary.Jobs;

namespace Granary.Model.Kernels;

/// <summary>
/// The kernels that this process computes with. They are tested before anything is computed, and what computes wrongly is replaced. All use of
/// torch for models goes through here: every network that is made asks for it. A test takes a few tenths of a second, once per machine, build and
/// settings; after that its outcome is read from a file.
/// </summary>
public static class TorchKernels
{
    private static readonly Lazy<KernelOutcome> BuiltIn = new(() => Outcome(own: false));
    private static readonly Lazy<KernelOutcome> Own = new(() => Outcome(own: true));

    /// <summary>Makes sure that what this process's kinds of models use is right. The built-in kinds use no convolution, so a process that knows
    /// no others keeps libtorch's own choice, and its bits, where only convolutions are wrong.</summary>
    /// <returns>What a platform says of it, in parts.</returns>
    /// <exception cref="JobException">No kernels of this libtorch are right here, or GRANARY_KERNELS cannot be used.</exception>
    public static IReadOnlyList<string> Require() =>
        [(ModelKinds.Own.Count > 0 ? Own : BuiltIn).Value.Name, .. MklKernels.AreByFeatures ? [MklKernels.ByFeatures] : Array.Empty<string>()];

    /// <summary>Sets which kernels MKL is to take, in the place of GRANARY_KERNELS. To be called before anything is computed.</summary>
    /// <param name="setting">One of <see cref="KernelSetting.All"/>.</param>
    public static void Use(string setting) => MklKernels.Use(setting);

    /// <summary>What is wrong with the kernels that libtorch would have chosen, in one line each.</summary>
    public static IEnumerable<string> Troubles()
    {
        if ((ModelKinds.Own.Count > 0 ? Own : BuiltIn).Value is { Faults.Count: > 0 } outcome)
        {
            yield return $"libtorch computes wrongly on this machine with the kernels of its choice: {KernelSelection.Describe(outcome.Faults)}. "
                + "oneDNN is turned off: convolutions are right, and may be slower.";
        }

        if (MklKernels.Why is { } reason)
        {
            yield return $"MKL's kernels for this processor's instruction sets are not used: {reason}. Stock kernels compute in their place: products are right, and may be slower.";
        }
    }

    private static KernelOutcome Outcome(bool own)
    {
        IReadOnlyList<KernelCase> cases = own ? [.. KernelCases.BuiltIn, .. KernelCases.OwnModels] : KernelCases.BuiltIn;
        var byFeatures = MklKernels.AreByFeatures;
        var record = new KernelRecord(
            KernelRecord.DefaultFolder(),
            KernelRecord.KeyOf([own ? "all kinds" : "built-in kinds", .. byFeatures ? [MklKernels.ByFeatures] : Array.Empty<string>()]));
        if (record.Find() is { } known && (known.Choice == KernelChoice.Standard || KernelSwitch.TrySet(known.Choice)))
        {
            return known;
        }

        var found = OneThread.For(() => KernelSelection.Select(choice => Test(choice, cases), byFeatures ? MklKernels.Refuse : null));
        record.Keep(found);
        return found;
    }

    /// <summary>What is wrong under a choice, which holds from then on; null: this libtorch does not have the choice.</summary>
    internal static IReadOnlyList<KernelFault>? Test(KernelChoice choice, IReadOnlyList<KernelCase> cases)
    {
        if (!KernelSwitch.TrySet(choice) && choice != KernelChoice.Standard)
        {
            return null; // and what cannot be switched computes as standard
        }

        return [.. cases.Select(c => new KernelFault(c.Name, c.Error())).Where(f => KernelCase.IsWrong(f.Error))];
    }
}
