namespace Granary.Bench.Quiet;

/// <summary>Reads the processor time of the machine and of the bench from /proc. It looks from time to time, so as not to lose sight of
/// processes whose parents end.</summary>
internal sealed class ProcessorClock : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(0.5);

    private readonly OwnTime _own = new(Environment.ProcessId);
    private readonly Lock _lock = new();
    private readonly Timer? _timer;

    public ProcessorClock()
    {
        if (OperatingSystem.IsLinux())
        {
            _timer = new Timer(_ => Own(), null, TimeSpan.Zero, Every);
        }
    }

    /// <summary>Now; null where there is no /proc.</summary>
    public ProcessorTime? Now() => OperatingSystem.IsLinux() ? ProcessorTime.Parse(File.ReadLines("/proc/stat").First(), Own()) : null;

    private long Own()
    {
        var all = new List<ProcessEntry>();
        lock (_lock)
        {
            foreach (var folder in Directory.EnumerateDirectories("/proc").Where(f => char.IsAsciiDigit(Path.GetFileName(f)[0])))
            {
                try
                {
                    all.Add(ProcessEntry.Parse(File.ReadAllText(Path.Combine(folder, "stat"))));
                }
                catch (IOException)
                {
                    // It has ended in the meantime.
                }
            }

            return _own.Observe(all);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();
}
