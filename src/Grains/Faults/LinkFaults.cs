using System.Diagnostics;
using Granary.Jobs;

namespace Granary.Grains.Faults;

/// <summary>What scripted faults do to one tensor connection: nothing passes, or later and more slowly, or damaged.</summary>
/// <param name="faults">What this silo suffers.</param>
internal sealed class LinkFaults(SiloFaults faults)
{
    private long _lineFree;

    /// <summary>Whether there has been any fault: nothing else need be asked before.</summary>
    public bool Any => faults.Any;

    /// <summary>Whether nothing may pass, either way.</summary>
    public bool Drops => faults.Now(FaultKind.Drop) is not null;

    /// <summary>When a frame may leave, as a timestamp: after its travel, and when the line is free of what was sent before.</summary>
    /// <param name="queued">When it was queued.</param>
    /// <param name="bytes">Its size.</param>
    public long Departure(long queued, int bytes)
    {
        if (faults.Now(FaultKind.Delay) is not { } delay)
        {
            return 0;
        }

        var onTheLine = delay.MegabytesPerSecond > 0 ? bytes / (delay.MegabytesPerSecond * 1e6) : 0;
        _lineFree = Math.Max(_lineFree, queued) + (long)(onTheLine * Stopwatch.Frequency);
        return _lineFree + (long)(delay.Milliseconds / 1e3 * Stopwatch.Frequency);
    }

    /// <summary>Whether the next chunk is to be damaged. True once for each such fault.</summary>
    public bool Corrupts() => faults.Take(FaultKind.Corrupt) is not null;
}
