using System.Globalization;
using Granary.Bench.Quiet;

namespace Granary.Bench.Measuring;

/// <summary>The most memory that a process and all that it started had at a time, told in two ways: by their resident sets, in which what several share, such as a library's code, counts for each; and
/// with that counted once.</summary>
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

    /// <summary>MB that the machine has given at least, looked at four times a second: the greater of two sums that are never too large, that of what the kernel counts for each (Pss: a page that n processes share is an n-th for each), and that of
    /// the pages that each has for itself with the most that one of them shares.</summary>
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
                Volatile.Write(ref _greatestOnce, Math.Max(_greatestOnce, AtLeast([.. own.Select(PagesOf)])));
            }

            await Task.Delay(Between, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static IEnumerable<ProcessEntry> Processes() => Directory.EnumerateDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0]))
        .Select(d => Read(Path.Combine(d, "stat"))).Where(l => l is { Length: > 0 }).Select(l => ProcessEntry.Parse(l!));

    /// <summary>MB of one process' greatest resident set so far; 0 where it has ended in the meantime.</summary>
    public static double Greatest(int pid) => Sum(TextOf(pid, "status"), "VmHWM:");

    /// <summary>MB that a process has for itself, MB that others have mapped, too, and the kernel's sum with its part of these; 0 where it has ended in the meantime.</summary>
    public static ProcessPages PagesOf(int pid)
    {
        var text = TextOf(pid, "smaps_rollup"); // once: all three at the same time
        return new(Sum(text, "Private_"), Sum(text, "Shared_"), Sum(text, "Pss:"));
    }

    /// <summary>MB that some processes have together, at least.</summary>
    public static double AtLeast(IReadOnlyList<ProcessPages> processes) => Math.Max(processes.Sum(p => p.Proportional), processes.Sum(p => p.Own) + processes.Max(p => p.Shared));

    private static string TextOf(int pid, string file) => Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{file}")) ?? "";

    // Of the lines that begin so, in MB.
    private static double Sum(string text, string line) => text.Split('\n')
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

/// <summary>MB of a process.</summary>
/// <param name="Own">That it has for itself.</param>
/// <param name="Shared">That others have mapped, too.</param>
/// <param name="Proportional">Its own, and of what n processes share an n-th.</param>
internal sealed record ProcessPages(double Own, double Shared, double Proportional);
