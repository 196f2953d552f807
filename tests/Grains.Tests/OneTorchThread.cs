using System.Runtime.CompilerServices;

namespace Granary.Grains.Tests;

internal static class OneTorchThread
{
    // As in a silo: one torch thread per compute thread, or OpenMP's threads spin against one another.
    [ModuleInitializer]
    internal static void Set() => TorchSharp.torch.set_num_threads(1);
}
