using System.Globalization;

namespace Granary.Model.Data;

/// <summary>How much memory is left on this machine.</summary>
internal static class FreeMemory
{
    private const int ShareLeftFree = 4;

    /// <summary>Whether so many bytes can be taken with a quarter of all memory left free, for all else that a job and its neighbours need.</summary>
    public static bool HasRoomFor(long bytes)
    {
        var all = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes; // of the container, where there is one
        var free = Math.Min(all - Environment.WorkingSet, Available() ?? long.MaxValue);
        return bytes <= free - (all / ShareLeftFree);
    }

    // What the kernel could give away, its cache of files included: Linux alone tells.
    private static long? Available()
    {
        const string Key = "MemAvailable:";
        try
        {
            return File.ReadLines("/proc/meminfo").FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal)) is { } line
                ? long.Parse(line[Key.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) << 10
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }
}
