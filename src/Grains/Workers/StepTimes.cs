using System.Diagnostics;

namespace Granary.Grains.Workers;

/// <summary>Where the steps' time went since it was last asked. One thread adds, another takes.</summary>
internal sealed class StepTimes
{
    private readonly Lock _lock = new();
    private int _steps;
    private long _compute;
    private long _exchange;

    /// <summary>One more step, in stopwatch ticks.</summary>
    public void Add(long compute, long exchange)
    {
        lock (_lock)
        {
            _steps++;
            _compute += compute;
            _exchange += exchange;
        }
    }

    /// <summary>Steps, and seconds of both kinds, since the last time.</summary>
    public (int Steps, double Compute, double Exchange) Take()
    {
        lock (_lock)
        {
            var taken = (_steps, (double)_compute / Stopwatch.Frequency, (double)_exchange / Stopwatch.Frequency);
            (_steps, _compute, _exchange) = (0, 0, 0);
            return taken;
        }
    }
}
