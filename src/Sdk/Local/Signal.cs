using System.Runtime.InteropServices;

namespace Granary.Sdk.Local;

/// <summary>Signals to processes of this machine, by their numbers on Linux.</summary>
internal static partial class Signal
{
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;
    private const int None = 0;

    /// <summary>Sends one. A process that has ended already does not matter; false then.</summary>
    public static bool Send(int pid, int signal) => Call(pid, signal) == 0;

    /// <summary>Whether there is such a process.</summary>
    public static bool Reaches(int pid) => Call(pid, None) == 0;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Call(int pid, int signal);
}
