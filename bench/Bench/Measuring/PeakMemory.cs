using System.Globalization;
using Granary.Bench.Quiet;

namespace Granary.Bench.Measuring;

/// <summary>The most memory that a process and all that it started had at a time, told in two ways: by their resident sets, in which what several share, such as a library's code, counts for each; and as
/// the machine has to give it, where that counts once.</summary>
internal sealed class PeakMemory : IAsyncDisposable
{
    private const double Kilobyte = 1024, Megabyte = 1e6;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50); // greatest values stay until a process ends
    private const int SharedEvery = 5; // every so many times: the kernel walks over all pages of a process for it

    private readonly CancellationTokenSource _ends = new();
    private readonly Task _watch;
    private double _greatest;
    private double _greatestOnce;

    private PeakMemory(int root) => _watch = Task.Run(() => Watch(root, _ends.Token));

    /// <summary>Watches it until disposed of.</summary>
    /// <param name="root">The process at the top.</param>
    public static PeakMemory Of(int root) => new(root);

    /// <summary>MB: the greatest sum, over those that live at a time, of each one's greatest resident set so far.</summary>
    public double Megabytes => Volatile.Read(ref _greatest);

    /// <summary>MB: the greatest sum, looked at four times a second, of the pages that each has for itself, and of the most that one of them shares. Whatever a process shares with others of this machine counts, too.</summary>
    public double MegabytesOnce => Volatile.Read(ref _greatestOnce);

    private async Task Watch(int root, CancellationToken cancellation)
    {
        var own = new HashSet<int> { root };
        for (var round = 0; !cancellation.IsCancellationRequested; round++)
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
            if (round % SharedEvery == 0)
            {
                var pages = own.Select(PagesOf).ToArray();
                Volatile.Write(ref _greatestOnce, Math.Max(_greatestOnce, pages.Sum(p => p.Own) + pages.Max(p => p.Shared)));
            }

            await Task.Delay(Between, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static IEnumerable<ProcessEntry> Processes() => Directory.EnumerateDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0]))
        .Select(d => Read(Path.Combine(d, "stat"))).Where(l => l is { Length: > 0 }).Select(l => ProcessEntry.Parse(l!));

    /// <summary>MB of one process' greatest resident set so far; 0 where it has ended in the meantime.</summary>
    public static double Greatest(int pid) => MegabytesOf(pid, "status", "VmHWM:");

    /// <summary>MB that a process has for itself, and MB that others have mapped, too; 0 where it has ended in the meantime.</summary>
    public static (double Own, double Shared) PagesOf(int pid) => (MegabytesOf(pid, "smaps_rollup", "Private_"), MegabytesOf(pid, "smaps_rollup", "Shared_"));

    // The sum of the lines that begin so.
    private static double MegabytesOf(int pid, string file, string line) => (Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{file}")) ?? "").Split('\n')
        .Where(l => l.StartsWith(line, StringComparison.Ordinal) && l.EndsWith(" kB", StringComparison.Ordinal))
        .Sum(l => double.Parse(l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture)) * Kilobyte / Megabyte;

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
