using System.Globalization;
using Granary.Bench.Quiet;

namespace Granary.Bench.Measuring;

/// <summary>The most memory that a process and all that it started had at a time: the greatest sum, over those that live at a time, of each one's greatest
/// resident set so far. What two of them share, such as a library's code, counts twice.</summary>
internal sealed class PeakMemory : IAsyncDisposable
{
    private const double Kilobyte = 1024, Megabyte = 1e6;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50); // greatest values stay until a process ends

    private readonly CancellationTokenSource _ends = new();
    private readonly Task _watch;
    private double _greatest;

    private PeakMemory(int root) => _watch = Task.Run(() => Watch(root, _ends.Token));

    /// <summary>Watches it until disposed of.</summary>
    /// <param name="root">The process at the top.</param>
    public static PeakMemory Of(int root) => new(root);

    /// <summary>MB so far.</summary>
    public double Megabytes => Volatile.Read(ref _greatest);

    private async Task Watch(int root, CancellationToken cancellation)
    {
        var own = new HashSet<int> { root };
        while (!cancellation.IsCancellationRequested)
        {
            var sum = 0.0;
            foreach (var process in Processes().OrderBy(p => p.Began))
            {
                if (own.Contains(process.Parent))
                {
                    own.Add(process.Pid);
                }

                sum += own.Contains(process.Pid) ? Greatest(process.Pid) : 0;
            }

            Volatile.Write(ref _greatest, Math.Max(_greatest, sum));
            await Task.Delay(Between, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static IEnumerable<ProcessEntry> Processes() => Directory.EnumerateDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0]))
        .Select(d => Read(Path.Combine(d, "stat"))).Where(l => l is { Length: > 0 }).Select(l => ProcessEntry.Parse(l!));

    /// <summary>MB of one process' greatest resident set so far; 0 where it has ended in the meantime.</summary>
    public static double Greatest(int pid) => Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/status"))?.Split('\n')
        .FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal)) is { } line
        ? double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * Kilobyte / Megabyte : 0;

    // Null where the process has ended in the meantime.
    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        await _watch;
        _ends.Dispose();
    }
}
