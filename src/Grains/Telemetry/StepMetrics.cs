using System.Diagnostics;

namespace Granary.Grains.Telemetry;

/// <summary>Keeps what is measured of steps until it is added to the metrics, many steps at a time. A step leaves nothing of the instruments in the processor's caches, so that adding
/// one step to all of them takes some twenty microseconds, and less than one where it is added after others.</summary>
/// <param name="job">The job.</param>
internal sealed class StepMetrics(string job)
{
    /// <summary>So many are kept at most.</summary>
    public const int Most = 256;

    // Whoever looks each second sees nearly all of the second's steps.
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(25);

    private readonly Lock _taking = new();
    private readonly Lock _adding = new();
    private MeasuredStep[] _taken = new MeasuredStep[Most];
    private MeasuredStep[] _spare = new MeasuredStep[Most];
    private int _count;
    private long _added = Stopwatch.GetTimestamp();

    /// <summary>Takes a step, and adds what is kept where it has been kept for long, or where there are many.</summary>
    public void Take(in MeasuredStep step)
    {
        if (!Metrics.StepsAreTaken)
        {
            return;
        }

        bool adds;
        lock (_taking)
        {
            _taken[_count++] = step;
            adds = _count == Most || Stopwatch.GetElapsedTime(_added) > Longest;
        }

        if (adds)
        {
            AddToMetrics();
        }
    }

    /// <summary>Adds what is kept to the metrics, in order. On any thread.</summary>
    public void AddToMetrics()
    {
        lock (_adding)
        {
            int count;
            lock (_taking)
            {
                (_taken, _spare, count, _count, _added) = (_spare, _taken, _count, 0, Stopwatch.GetTimestamp());
            }

            if (count > 0)
            {
                Metrics.Add(job, _spare.AsSpan(0, count));
            }
        }
    }
}
