using System.Globalization;

namespace Granary.Bench.Quiet;

/// <summary>Processor time of all threads of some processes but those of one name, at one time.</summary>
/// <param name="Ticks">By process and thread, hundredths of a second.</param>
/// <param name="At">When.</param>
internal sealed record OtherThreads(IReadOnlyDictionary<(int Process, int Thread), long> Ticks, DateTime At)
{
    private const int LongestName = 15; // of a thread, to Linux
    private const int UserTime = 11, SystemTime = 12; // columns of proc_pid_stat(5) after the name

    /// <summary>Reads /proc.</summary>
    /// <param name="processes">Their ids.</param>
    /// <param name="name">The threads that do not count.</param>
    public static OtherThreads Now(IEnumerable<int> processes, string name)
    {
        var ticks = new Dictionary<(int, int), long>();
        foreach (var process in processes)
        {
            foreach (var thread in Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task")))
            {
                try
                {
                    Add(File.ReadAllText(Path.Combine(thread, "stat")), process, int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture));
                }
                catch (IOException)
                {
                    // It has ended in the meantime.
                }
            }
        }

        return new OtherThreads(ticks, DateTime.UtcNow);

        void Add(string stat, int process, int thread)
        {
            var (begins, ends) = (stat.IndexOf('('), stat.LastIndexOf(')'));
            if (stat[(begins + 1)..ends] != (name.Length > LongestName ? name[..LongestName] : name))
            {
                var columns = stat[(ends + 2)..].Split(' ');
                ticks.Add((process, thread), long.Parse(columns[UserTime], CultureInfo.InvariantCulture) + long.Parse(columns[SystemTime], CultureInfo.InvariantCulture));
            }
        }
    }

    /// <summary>What they had until a later time, in percent of one core. A thread that has ended until then does not count.</summary>
    public double PercentUntil(OtherThreads later) =>
        later.Ticks.Sum(t => t.Value - Ticks.GetValueOrDefault(t.Key)) / (later.At - At).TotalSeconds;
}
