using Granary.Jobs;
using static TorchSharp.torch;

namespace Granary.Model.Kernels;

/// <summary>Which kernels MKL takes for this process's products. It decides once, before the first product.</summary>
internal static class MklKernels
{
    /// <summary>What a platform says where they are not those that MKL takes by itself.</summary>
    public const string ByFeatures = "MKL by instruction sets";

    private static readonly Lazy<bool> Decided = new(Decide);
    private static readonly KernelRecord Refusals = new(KernelRecord.DefaultFolder(), KernelRecord.KeyOf("kernels by instruction sets are refused"));
    private static string? _setting;

    /// <summary>Sets what the environment would say. Nothing changes once a product has been computed.</summary>
    public static void Use(string setting) => _setting = setting;

    /// <summary>Whether they are chosen by instruction sets. Computes a product, so that it is so.</summary>
    /// <exception cref="JobException">The setting is none.</exception>
    public static bool AreByFeatures => Decided.Value;

    /// <summary>What speaks against choosing by instruction sets where that was wanted: faults found before; null: nothing.</summary>
    public static KernelOutcome? Refusal { get; private set; }

    /// <summary>Has every process of this build on this kind of machine leave the choice to MKL from now on.</summary>
    public static void Refuse(IReadOnlyList<KernelFault> faults) => Refusals.Keep(new KernelOutcome(KernelChoice.Standard, faults));

    /// <summary>Whether a setting asks for kernels by instruction sets on a processor. A plain rule.</summary>
    public static bool AreWanted(string setting, Processor processor) =>
        MklProcessorTest.Matters(processor) && (setting == KernelSetting.Features || (setting == KernelSetting.Auto && IsFaster(processor)));

    // With AVX2 alone the generic kernels are as fast, and for some shapes faster: docs/performance.md.
    private static bool IsFaster(Processor processor) => processor.Features.Contains("avx512f");

    private static bool Decide()
    {
        if (!AreWanted(_setting ?? KernelSetting.OfEnvironment(), Processor.This))
        {
            return false;
        }

        Refusal = Refusals.Find();
        if (Refusal is not null || !MklProcessorTest.TryReplace())
        {
            return false;
        }

        using var scope = NewDisposeScope();
        _ = ones(8, 8).mm(ones(8, 8));
        return MklProcessorTest.WasAsked; // not so, where somebody has computed a product before
    }
}
