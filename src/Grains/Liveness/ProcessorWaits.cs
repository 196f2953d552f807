using System.Globalization;

namespace Granary.Grains.Liveness;

/// <summary>How long the threads of this process wait for the processor, against how long they run, as Linux counts it for each thread.</summary>
/// <param name="folder">Where a folder for each thread is: /proc/self/task.</param>
internal sealed class ProcessorWaits(string folder = "/proc/self/task")
{
    // Less waiting than this in a look is no sign of anything.
    private const double LeastWait = 0.1e9;

    private Dictionary<string, (long Ran, long Waited)> _before = [];

    /// <summary>Seconds waited for each second run since the last look; 0 where the system does not say, or nearly nothing was waited for.</summary>
    public double Look()
    {
        var now = new Dictionary<string, (long Ran, long Waited)>();
        var (ran, waited) = (0.0, 0.0);
        foreach (var thread in Threads())
        {
            if (Read(Path.Combine(thread, "schedstat")) is { } counted)
            {
                now[thread] = counted;
                var before = _before.GetValueOrDefault(thread);
                if (counted.Ran < before.Ran)
                {
                    continue; // another thread by now
                }

                ran += counted.Ran - before.Ran;
                waited += counted.Waited - before.Waited;
            }
        }

        _before = now;
        return waited < LeastWait ? 0 : waited / Math.Max(ran, 1);
    }

    private string[] Threads()
    {
        try
        {
            return Directory.GetDirectories(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // another system, or one that does not let it look
        }
    }

    // Nanoseconds run, nanoseconds waited, turns.
    private static (long Ran, long Waited)? Read(string file)
    {
        try
        {
            var words = File.ReadAllText(file).Split(' ');
            return words.Length >= 2 && long.TryParse(words[0], CultureInfo.InvariantCulture, out var ran)
                && long.TryParse(words[1], CultureInfo.InvariantCulture, out var waited) ? (ran, waited) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // the thread has just ended
        }
    }
}
