using System.Runtime.InteropServices;

namespace Granary.Model.Kernels;

/// <summary>
/// The MKL within libtorch asks a function of its own whether the processor is Intel's, and takes generic kernels where it is not, whatever the
/// processor can do. The dynamic linker takes the first definition that it finds as the function is called for the first time, so a library with this
/// one function, loaded for all others to see before the first product, answers in its place; MKL then chooses by instruction sets, as it does on
/// Intel's. Nothing of libtorch is changed. Linux on x64 alone, and not under LD_BIND_NOW.
/// </summary>
internal static unsafe partial class MklProcessorTest
{
    private const string Function = "mkl_serv_intel_cpu_true";
    private const int Now = 2;
    private const int Global = 0x100;
    private const uint CloseOnExec = 1;

    private static readonly Lazy<nint> Library = new(Load);

    /// <summary>Whether MKL takes generic kernels here although the processor is able to do more.</summary>
    public static bool Matters(Processor processor) =>
        OperatingSystem.IsLinux() && processor is { Architecture: "x64", Vendor: not "GenuineIntel" } && processor.Features.Contains("avx2");

    /// <summary>Answers in its place, from now to the process's end.</summary>
    /// <returns>False: the system does not allow it, and nothing has changed.</returns>
    public static bool TryReplace() => Library.Value != 0;

    /// <summary>Whether MKL has asked, and was answered here. It asks once, before its first product.</summary>
    public static bool WasAsked => Library.IsValueCreated && Library.Value != 0
        && NativeLibrary.TryGetExport(Library.Value, AnswerLibrary.AskedSymbol, out var asked) && *(byte*)asked != 0;

    // In memory: a container's files may be read-only.
    private static nint Load()
    {
        try
        {
            var file = memfd_create("granary-mkl", CloseOnExec);
            if (file < 0)
            {
                return 0;
            }

            // It stays open: the loader knows the library by this path, and would take another file with the same number for it.
            var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle(file, ownsHandle: false);
            RandomAccess.Write(handle, AnswerLibrary.Build(Function), 0);
            return dlopen($"/proc/self/fd/{file}", Now | Global);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    [LibraryImport("libc.so.6", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int memfd_create(string name, uint flags);

    [LibraryImport("libdl.so.2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint dlopen(string path, int flags);
}
