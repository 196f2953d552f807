using System.Diagnostics;
using Granary.Jobs;

namespace Granary.Grains.Faults;

/// <summary>The faults injected into this silo. Code that a fault can affect asks here; until the first fault that costs one
/// comparison.</summary>
/// <param name="time">The clock.</param>
public sealed class SiloFaults(TimeProvider time)
{
    // A fault without a duration expires, so that it does not hit a later job.
    private const double UntakenSeconds = 60;

    private readonly Lock _changing = new();
    private readonly Dictionary<FaultKind, (Fault Fault, long Until)> _injected = [];
    private volatile bool _any;
    private long _lineFree;

    /// <summary>Whether any fault has ever been done here.</summary>
    public bool Any => _any;

    /// <summary>Adds a fault, for its duration; replaces one of the same kind.</summary>
    public void Add(Fault fault)
    {
        lock (_changing)
        {
            var lasts = fault.Seconds > 0 ? fault.Seconds : UntakenSeconds;
            _injected[fault.Kind] = (fault, time.GetTimestamp() + (long)(lasts * time.TimestampFrequency));
            _any = true;
        }
    }

    /// <summary>The fault of a kind that lasts; null: none.</summary>
    public Fault? Now(FaultKind kind)
    {
        if (!_any)
        {
            return null;
        }

        lock (_changing)
        {
            return _injected.TryGetValue(kind, out var found) && time.GetTimestamp() < found.Until ? found.Fault : null;
        }
    }

    /// <summary>The fault of a kind, which ends by being taken; null: none.</summary>
    public Fault? Take(FaultKind kind)
    {
        if (!_any)
        {
            return null;
        }

        lock (_changing)
        {
            return _injected.Remove(kind, out var found) && time.GetTimestamp() < found.Until ? found.Fault : null;
        }
    }

    /// <summary>When a frame may leave, as a timestamp: when the silo's one line is free of what it has begun to send before, to
    /// whomever, and after its travel. 0: at once.</summary>
    /// <param name="queued">When it was queued.</param>
    /// <param name="bytes">Its size.</param>
    public long Departure(long queued, int bytes)
    {
        if (Now(FaultKind.Delay) is not { } delay)
        {
            return 0;
        }

        var onTheLine = delay.MegabytesPerSecond > 0 ? bytes / (delay.MegabytesPerSecond * 1e6) : 0;
        lock (_changing)
        {
            _lineFree = Math.Max(_lineFree, queued) + (long)(onTheLine * Stopwatch.Frequency);
            return _lineFree + (long)(delay.Milliseconds / 1e3 * Stopwatch.Frequency);
        }
    }
}
