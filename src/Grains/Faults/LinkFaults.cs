using Granary.Jobs;

namespace Granary.Grains.Faults;

/// <summary>What injected faults do to one tensor connection: frames are dropped, delayed, slowed or damaged.</summary>
/// <param name="faults">Injected faults.</param>
/// <param name="peer">Name of the silo at the other end; null: it is not known.</param>
internal sealed class LinkFaults(SiloFaults faults, string? peer = null)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    /// <summary>Whether there has been any fault: nothing else need be asked before.</summary>
    public bool Any => faults.Any;

    /// <summary>Whether nothing may pass, either way.</summary>
    public bool Drops => faults.Now(FaultKind.Drop) is { } drop && (drop.From is null || drop.From == peer);

    /// <summary>Waits while nothing may pass, as a connection does whose first packets are lost.</summary>
    public void UntilPasses(CancellationToken cancellation)
    {
        while (Any && Drops && !cancellation.WaitHandle.WaitOne(LookEvery))
        {
        }

        cancellation.ThrowIfCancellationRequested();
    }

    /// <inheritdoc cref="SiloFaults.Departure"/>
    public long Departure(long queued, int bytes) => faults.Departure(queued, bytes);

    /// <summary>Whether the next chunk is to be damaged. True once for each such fault.</summary>
    public bool Corrupts() => faults.Take(FaultKind.Corrupt) is not null;
}
