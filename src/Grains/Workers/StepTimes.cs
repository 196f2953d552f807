using System.Diagnostics;
using Granary.Contracts;

namespace Granary.Grains.Workers;

/// <summary>Where a worker's time went since it was last asked. One thread adds, another takes.</summary>
internal sealed class StepTimes
{
    private readonly Lock _lock = new();
    private int _steps;
    private WorkerSeconds _seconds;
    private List<TracedEnd>? _traced;

    /// <summary>One more step, by what was measured of it in stopwatch ticks.</summary>
    /// <param name="compute">Gradients.</param>
    /// <param name="exchange">What came after them.</param>
    /// <param name="waited">Of that: nothing to do but to wait for others. What had begun beside the gradients may make it a little more than there is.</param>
    /// <param name="updates">Of that: the optimiser; the same holds.</param>
    public void AddStep(long compute, long exchange, long waited, long updates)
    {
        var updating = Math.Min(updates, exchange);
        var waiting = Math.Min(waited, exchange - updating);
        lock (_lock)
        {
            _steps++;
            _seconds += new WorkerSeconds(Seconds(compute), Seconds(exchange - updating - waiting), Seconds(waiting), Seconds(updating));
        }
    }

    /// <summary>Time that is no part of a step.</summary>
    public void Add(WorkerSeconds seconds)
    {
        lock (_lock)
        {
            _seconds += seconds;
        }
    }

    /// <summary>A traced step has ended.</summary>
    public void Add(TracedEnd end)
    {
        lock (_lock)
        {
            (_traced ??= []).Add(end);
        }
    }

    /// <summary>Steps, seconds, and traced steps that have ended, since the last time.</summary>
    public (int Steps, WorkerSeconds Seconds, IReadOnlyList<TracedEnd>? Traced) Take()
    {
        lock (_lock)
        {
            var taken = (_steps, _seconds, _traced);
            (_steps, _seconds, _traced) = (0, default, null);
            return taken;
        }
    }

    private static double Seconds(long ticks) => (double)ticks / Stopwatch.Frequency;
}
