using System.Diagnostics;

namespace Granary.Grains.Liveness;

/// <summary>Measures how late this silo gets the processor, on a thread of its own: how late that thread wakes, how long work waits for a
/// thread of the pool, where answers to other silos are made, and how long all threads wait against how long they run.</summary>
internal sealed class LatenessMeter : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(100);
    private const int LooksPerCount = 10; // of all threads: it opens a file for each

    private readonly Patience _patience;
    private readonly Action _measured;
    private readonly ProcessorWaits _waits = new();
    private readonly ManualResetEventSlim _stopping = new();
    private long _queued; // when work was given to the pool; 0: none is waiting

    /// <param name="patience">Is told.</param>
    /// <param name="measured">Called after each look.</param>
    public LatenessMeter(Patience patience, Action measured)
    {
        (_patience, _measured) = (patience, measured);
        new Thread(Measure) { IsBackground = true, Name = "lateness" }.Start();
    }

    private void Measure()
    {
        for (var look = 0; ; look++)
        {
            var slept = Stopwatch.GetTimestamp();
            if (_stopping.Wait(Every))
            {
                return;
            }

            _patience.Measured(Stopwatch.GetElapsedTime(slept) - Every);
            AskThePool();
            if (look % LooksPerCount == 0)
            {
                _patience.Measured(PatienceRule.Lateness(_waits.Look()));
            }

            _measured();
        }
    }

    // One piece of work at a time: the age of one that still waits counts too.
    private void AskThePool()
    {
        if (Volatile.Read(ref _queued) is not 0 and var since)
        {
            _patience.Measured(Stopwatch.GetElapsedTime(since));
            return;
        }

        Volatile.Write(ref _queued, Stopwatch.GetTimestamp());
        ThreadPool.UnsafeQueueUserWorkItem(static meter => meter.Answer(), this, preferLocal: false);
    }

    private void Answer()
    {
        _patience.Measured(Stopwatch.GetElapsedTime(Volatile.Read(ref _queued)));
        Volatile.Write(ref _queued, 0);
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Set(); // not disposed of: the thread still looks at it
}
