namespace Granary.Silo.Hosting;

/// <summary>The codes a silo ends with.</summary>
internal static class SiloExit
{
    /// <summary>Told to stop, and stopped.</summary>
    public const int Done = 0;

    /// <summary>Something failed that no setting can mend.</summary>
    public const int Failed = 1;

    /// <summary>A setting cannot be used.</summary>
    public const int WrongUsage = 2;

    /// <summary>The other silos have taken it for dead.</summary>
    public const int TakenForDead = 4;

    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(5);

    /// <summary>Ends this process at once, with one line on standard error. What is still at work cannot keep it.</summary>
    public static void Now(int code, string message)
    {
        Console.Error.WriteLine(message);
        Console.Error.Flush();
        new Thread(() =>
        {
            Thread.Sleep(LongestEnd);
            System.Diagnostics.Process.GetCurrentProcess().Kill();
        })
        { IsBackground = true, Name = "end in any case" }.Start();
        Environment.Exit(code);
    }
}
