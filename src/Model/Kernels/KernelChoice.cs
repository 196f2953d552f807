namespace Granary.Model.Kernels;

/// <summary>Which of libtorch's kernels compute.</summary>
internal enum KernelChoice
{
    /// <summary>Those that libtorch chooses.</summary>
    Standard,

    /// <summary>libtorch's own, in the place of oneDNN's and NNPACK's: convolutions become matrix products.</summary>
    WithoutOneDnn,
}

/// <summary>A kernel that computes wrongly.</summary>
/// <param name="Name">Of the case.</param>
/// <param name="Error">The relative error.</param>
internal sealed record KernelFault(string Name, double Error);

/// <summary>What was found out about a process's kernels.</summary>
/// <param name="Choice">Those that are right.</param>
/// <param name="Faults">What is wrong with those that libtorch would have chosen.</param>
internal sealed record KernelOutcome(KernelChoice Choice, IReadOnlyList<KernelFault> Faults)
{
    /// <summary>What a platform says of it.</summary>
    public string Name => Choice == KernelChoice.Standard ? "standard kernels" : "kernels without oneDNN";
}
