using System.Runtime.InteropServices;

namespace Granary.Model.Kernels;

/// <summary>Turns oneDNN and NNPACK on and off in libtorch, for the whole process and at once. TorchSharp does not offer it, so this calls
/// the functions behind PyTorch's <c>torch.backends.mkldnn.enabled</c>.</summary>
internal static unsafe class KernelSwitch
{
    private static readonly string[] Libraries = ["libtorch_cpu.so", "libtorch_cpu.dylib"];

    /// <summary>Makes a choice hold from the next operation on.</summary>
    /// <returns>False: this libtorch does not have these functions under the names known here, and nothing has changed.</returns>
    public static bool TrySet(KernelChoice choice)
    {
        if (!TryLoad(out var library)
            || !NativeLibrary.TryGetExport(library, "_ZN2at13globalContextEv", out var context)
            || !NativeLibrary.TryGetExport(library, "_ZN2at7Context20setUserEnabledMkldnnEb", out var oneDnn)
            || !NativeLibrary.TryGetExport(library, "_ZN2at7Context20setUserEnabledNNPACKEb", out var nnpack))
        {
            return false;
        }

        var enabled = choice == KernelChoice.Standard ? (byte)1 : (byte)0;
        var self = ((delegate* unmanaged<void*>)context)();
        ((delegate* unmanaged<void*, byte, void>)oneDnn)(self, enabled);
        ((delegate* unmanaged<void*, byte, void>)nnpack)(self, enabled);
        return true;
    }

    // TorchSharp has loaded it by now: the same library is found again by its name.
    private static bool TryLoad(out nint library)
    {
        library = 0;
        foreach (var name in Libraries)
        {
            if (NativeLibrary.TryLoad(Path.Combine(AppContext.BaseDirectory, name), out library)
                || NativeLibrary.TryLoad(name, typeof(TorchSharp.torch).Assembly, null, out library))
            {
                return true;
            }
        }

        return false;
    }
}
