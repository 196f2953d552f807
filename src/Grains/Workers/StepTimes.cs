using System.Diagnostics;
using Granary.Contracts;

namespace Granary.Grains.Workers;

/// <summary>Where a worker's time went since it was last asked. One thread adds, another takes.</summary>
internal sealed class StepTimes
{
    private readonly Lock _lock = new();
    private int _steps;
    private WorkerTicks _ticks;

    /// <summary>One more step.</summary>
    /// <param name="ticks">What it was spent on, in stopwatch ticks.</param>
    public void AddStep(WorkerTicks ticks)
    {
        lock (_lock)
        {
            _steps++;
            _ticks += ticks;
        }
    }

    /// <summary>Time that is no part of a step.</summary>
    /// <param name="ticks">What it was spent on, in stopwatch ticks.</param>
    public void Add(WorkerTicks ticks)
    {
        lock (_lock)
        {
            _ticks += ticks;
        }
    }

    /// <summary>Steps, and seconds, since the last time.</summary>
    public (int Steps, WorkerSeconds Seconds) Take()
    {
        lock (_lock)
        {
            var taken = (_steps, _ticks.Seconds);
            (_steps, _ticks) = (0, default);
            return taken;
        }
    }
}

/// <summary>What a worker's time was spent on, in <see cref="Stopwatch"/> ticks. See <see cref="WorkerSeconds"/>.</summary>
internal readonly record struct WorkerTicks(
    long Computing = 0, long Exchanging = 0, long Waiting = 0, long Updating = 0, long Evaluating = 0, long CheckpointStall = 0, long Idle = 0)
{
    /// <summary>The same in seconds.</summary>
    public WorkerSeconds Seconds => new(
        InSeconds(Computing), InSeconds(Exchanging), InSeconds(Waiting), InSeconds(Updating), InSeconds(Evaluating), InSeconds(CheckpointStall), InSeconds(Idle));

    /// <summary>A step, by what was measured of it.</summary>
    /// <param name="compute">Gradients.</param>
    /// <param name="exchange">What came after them.</param>
    /// <param name="waited">Of that: nothing to do but to wait for others. What had begun beside the gradients may make it a little more than there is.</param>
    /// <param name="updates">Of that: the optimiser; the same holds.</param>
    public static WorkerTicks Step(long compute, long exchange, long waited, long updates)
    {
        var updating = Math.Min(updates, exchange);
        var waiting = Math.Min(waited, exchange - updating);
        return new WorkerTicks(compute, exchange - updating - waiting, waiting, updating);
    }

    /// <summary>Both together.</summary>
    public static WorkerTicks operator +(WorkerTicks a, WorkerTicks b) => new(
        a.Computing + b.Computing, a.Exchanging + b.Exchanging, a.Waiting + b.Waiting, a.Updating + b.Updating,
        a.Evaluating + b.Evaluating, a.CheckpointStall + b.CheckpointStall, a.Idle + b.Idle);

    private static double InSeconds(long ticks) => (double)ticks / Stopwatch.Frequency;
}
