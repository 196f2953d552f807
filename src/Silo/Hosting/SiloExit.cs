using System.Runtime.InteropServices;

namespace Granary.Silo.Hosting;

/// <summary>The codes a silo ends with.</summary>
internal static partial class SiloExit
{
    /// <summary>Told to stop, and stopped.</summary>
    public const int Done = 0;

    /// <summary>An error that no setting can fix.</summary>
    public const int Failed = 1;

    /// <summary>A setting cannot be used.</summary>
    public const int WrongUsage = 2;

    /// <summary>The other silos have taken it for dead.</summary>
    public const int TakenForDead = 4;

    private static readonly TimeSpan LongestWrite = TimeSpan.FromSeconds(2);

    /// <summary>Ends this process at once, with one line on standard error, whatever is still at work in it.</summary>
    /// <remarks>An ordinary exit runs libtorch's destructors beside the threads that still compute: the process would end with a segmentation fault.</remarks>
    public static void Now(int code, string message)
    {
        // Writing waits for ever where the pipe is full and its reader has stopped.
        new Thread(() =>
        {
            Thread.Sleep(LongestWrite);
            ExitAtOnce(code);
        })
        { IsBackground = true, Name = "end in any case" }.Start();
        Console.Error.WriteLine(message);
        Console.Error.Flush();
        Console.Out.Flush();
        ExitAtOnce(code);
    }

    private static void ExitAtOnce(int code)
    {
        if (OperatingSystem.IsWindows())
        {
            Environment.Exit(code);
        }

        Exit(code);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int code);
}
