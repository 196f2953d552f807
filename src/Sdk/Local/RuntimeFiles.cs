namespace Granary.Sdk.Local;

/// <summary>The sockets and pipes by which debuggers and dotnet-counters find a .NET process. The runtime makes them in the folder for temporary
/// files, and removes them as the process ends, unless it is killed.</summary>
internal static class RuntimeFiles
{
    /// <summary>Removes what a process that has ended has left.</summary>
    /// <param name="pid">Its id.</param>
    public static void Remove(int pid) => Remove(Path.GetTempPath(), pid);

    /// <summary>The same in a folder.</summary>
    public static void Remove(string folder, int pid)
    {
        try
        {
            foreach (var file in new[] { $"dotnet-diagnostic-{pid}-*", $"clr-debug-pipe-{pid}-*" }.SelectMany(name => Directory.EnumerateFiles(folder, name)))
            {
                File.Delete(file);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Files that stay do no harm.
        }
    }
}
