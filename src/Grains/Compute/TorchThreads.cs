using TorchSharp;

namespace Granary.Grains.Compute;

/// <summary>Torch's own threads within an operation: one for each compute thread, so that the bits are the same whatever the
/// machine, and so that compute threads do not wait for one another's helpers.</summary>
internal static class TorchThreads
{
    // The whole process has one setting, however many silos it holds; it must come before the first tensor.
    private static readonly Lazy<int> Set = new(() =>
    {
        torch.set_num_threads(1);
        return 1;
    });

    /// <summary>Called by every worker before anything else.</summary>
    public static void OnePerComputeThread() => _ = Set.Value;
}
