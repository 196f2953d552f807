using System.Globalization;

namespace Granary.Sdk.Connecting;

/// <summary>How much longer everything takes because the processors are busy with other work: a silo that is slow to answer then is not
/// one that is frozen. Read off what the system has counted of this process: the time its threads ran, and the time they were ready to
/// run and had to wait for a processor.</summary>
internal static class Slowdown
{
    private const string Threads = "/proc/self/task";

    /// <summary>That of this process since its start: 1 on a quiet machine, 5 where four fifths of the time were spent waiting.</summary>
    public static double OfThisProcess()
    {
        try
        {
            return Of(Directory.Exists(Threads) ? Directory.GetDirectories(Threads).Select(Read) : []);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 1;
        }
    }

    /// <summary>The same of threads.</summary>
    /// <param name="schedules">Each thread's schedstat: nanoseconds it ran, nanoseconds it waited for a processor, and more.</param>
    public static double Of(IEnumerable<string> schedules)
    {
        var (ran, waited) = (0.0, 0.0);
        foreach (var schedule in schedules)
        {
            if (schedule.Split(' ') is [var run, var wait, ..] && Number(run) is { } r && Number(wait) is { } w)
            {
                (ran, waited) = (ran + r, waited + w);
            }
        }

        return ran > 0 ? (ran + waited) / ran : 1;
    }

    private static double? Number(string text) => double.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    // A thread may end just now.
    private static string Read(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "schedstat"));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
