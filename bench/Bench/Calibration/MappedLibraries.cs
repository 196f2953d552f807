namespace Granary.Bench.Calibration;

/// <summary>The libraries of a process, from /proc/PID/maps (proc_pid_maps(5)).</summary>
internal static class MappedLibraries
{
    private const int Columns = 6; // addresses, permissions, offset, device, inode, path

    /// <summary>The files that are mapped, each once, in the order of their addresses.</summary>
    public static IReadOnlyList<string> Files(IEnumerable<string> maps) =>
    [
        .. maps.Select(l => l.Split(' ', Columns, StringSplitOptions.RemoveEmptyEntries)).Where(c => c.Length == Columns)
            .Select(c => c[^1].Trim()).Where(f => f.StartsWith('/')).Distinct(),
    ];

    /// <summary>The first file whose name begins so; null: none is mapped.</summary>
    public static string? Find(IEnumerable<string> maps, string name) =>
        Files(maps).FirstOrDefault(f => Path.GetFileName(f).StartsWith(name, StringComparison.Ordinal));
}
