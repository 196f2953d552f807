using TorchSharp;

namespace Granary.Model.Kernels;

/// <summary>All that the last bit of a result depends on besides job file, data and seed: silos whose platforms are equal compute the same weights.</summary>
/// <param name="Granary">Granary's version.</param>
/// <param name="Device">"cpu" or "cuda".</param>
/// <param name="Processor">What kernels are chosen by.</param>
/// <param name="Torch">libtorch's version; there is one build of each, in a package.</param>
/// <param name="Kernels">What the test of the kernels has led to, in parts.</param>
/// <param name="Variables">Environment variables that change kernels, as NAME=value.</param>
internal sealed record Platform(string Granary, string Device, Processor Processor, string Torch, IReadOnlyList<string> Kernels, IReadOnlyList<string> Variables)
{
    private const string Between = "; ";

    // Raised when Granary itself computes something in another way, so that other bits come out.
    private const int Arithmetic = 2;

    /// <summary>This process's. Tests the kernels first.</summary>
    /// <param name="granary">Granary's version.</param>
    /// <param name="device">"cpu" or "cuda:N".</param>
    /// <exception cref="Jobs.JobException">No kernels are right here.</exception>
    public static Platform OfThisProcess(string granary, string device) => new(
        granary, device.Split(':')[0], Processor.This, torch.__version__, TorchKernels.Require(), KernelVariables.Of(Environment.GetEnvironmentVariable));

    /// <summary>One line, in parts that can be compared one by one.</summary>
    public string Describe() => string.Join(Between,
        [$"granary {Granary} arithmetic {Arithmetic}", Device, Processor.Describe(), $"libtorch {Torch}", .. Kernels, .. Variables.Select(v => v.Replace(';', ','))]);
}
