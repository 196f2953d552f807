using Granary.Jobs;
using static TorchSharp.torch;

namespace Granary.Model.Kernels;

/// <summary>Which kernels MKL takes for this process's products. It decides once, before the first product.</summary>
internal static class MklKernels
{
    /// <summary>What a platform says where they are not those that MKL takes by itself.</summary>
    public const string ByFeatures = "MKL by instruction sets";

    private static readonly Lazy<bool> Decided = new(() => Decide());
    private static readonly KernelRecord Refusals = new(KernelRecord.DefaultFolder(), KernelRecord.KeyOf("kernels by instruction sets are refused"));
    private static string? _setting;

    /// <summary>Sets what the environment would say. Nothing changes once a product has been computed.</summary>
    public static void Use(string setting) => _setting = setting;

    /// <summary>Whether they are chosen by instruction sets. Computes a product, so that it is so.</summary>
    /// <exception cref="JobException">The setting is none.</exception>
    public static bool AreByFeatures => Decided.Value;

    /// <summary>Why they are not chosen by instruction sets, where that was wanted; null: they are, or nobody wanted it.</summary>
    public static string? Why { get; private set; }

    /// <summary>Has every process of this build on this kind of machine leave the choice to MKL from now on.</summary>
    /// <returns>False: there is no place to keep that in.</returns>
    public static bool Refuse(IReadOnlyList<KernelFault> faults) => Refusals.Keep(new KernelOutcome(KernelChoice.Standard, faults));

    /// <summary>Whether a setting asks for kernels by instruction sets on a processor. A plain rule.</summary>
    public static bool AreWanted(string setting, Processor processor) =>
        MklProcessorTest.Matters(processor) && (setting == KernelSetting.Features || (setting == KernelSetting.Auto && IsFaster(processor)));

    // With AVX2 alone the generic kernels are as fast, and for some shapes faster: decision 20.
    private static bool IsFaster(Processor processor) => processor.Features.Contains("avx512f");

    /// <summary>Decides whether MKL's question is to be answered.</summary>
    /// <param name="setting">One of <see cref="KernelSetting.All"/>.</param>
    /// <param name="processor">The processor.</param>
    /// <param name="refusals">What was found wrong before.</param>
    /// <returns>The answer; and why not, where it was wanted all the same.</returns>
    public static (bool Answer, string? Why) Decide(string setting, Processor processor, KernelRecord refusals)
    {
        if (!AreWanted(setting, processor))
        {
            return (false, null);
        }

        return refusals.Find() is { } refusal
            ? (false, $"they compute wrongly on this machine: {KernelSelection.Describe(refusal.Faults)}. To have them tested again, remove {refusals.Path}")
            : (true, null);
    }

    private static bool Decide()
    {
        (var answer, Why) = Decide(_setting ?? KernelSetting.OfEnvironment(), Processor.This, Refusals);
        if (!answer)
        {
            return false;
        }

        if (!MklProcessorTest.TryReplace())
        {
            Why = "this system does not let a process load them from memory";
            return false;
        }

        using var scope = NewDisposeScope();
        _ = ones(8, 8).mm(ones(8, 8));
        Why = MklProcessorTest.WasAsked ? null : "MKL had chosen before, or was linked so that it cannot be told (LD_BIND_NOW)";
        return Why is null;
    }
}
