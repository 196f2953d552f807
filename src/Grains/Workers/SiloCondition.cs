using Granary.Contracts;
using Granary.Grains.Channel;
using Granary.Grains.Checkpoints;
using Granary.Grains.Faults;
using Granary.Grains.Liveness;
using Granary.Jobs;
using Microsoft.Extensions.Logging;

namespace Granary.Grains.Workers;

/// <summary>The condition of this silo: what it says of itself, which faults are injected into it, and how late it knows others to be.</summary>
/// <param name="silo">This silo.</param>
/// <param name="departure">Whether it leaves.</param>
/// <param name="faults">Injected faults.</param>
/// <param name="patience">How long late silos are waited for.</param>
/// <param name="cluster">Cluster membership.</param>
/// <param name="codec">The codec of its tensor channel.</param>
/// <param name="checkpoints">Where its parts of checkpoints go.</param>
/// <param name="logger">For injected faults.</param>
internal sealed partial class SiloCondition(
    SiloIdentity silo, Departure departure, SiloFaults faults, Patience patience, IClusterMembershipService cluster, IBlockCodec codec,
    ICheckpointStore checkpoints, ILogger<SiloCondition> logger)
{
    /// <summary>This silo's name.</summary>
    public string Name => silo.Name;

    /// <summary>What this silo says of itself.</summary>
    /// <param name="address">Its Orleans address.</param>
    /// <param name="channel">Its tensor port.</param>
    public SiloInfo Describe(SiloAddress address, string channel) => new(
        silo.Name,
        address.ToParsableString(),
        Environment.ProcessId,
        departure.Begun ? "leaving" : "active",
        silo.Threads,
        silo.Device,
        channel,
        silo.Platform,
        silo.Gflops,
        codec.Name,
        checkpoints.Name,
        WireProtocol.Number);

    /// <summary>Injects a fault.</summary>
    /// <exception cref="JobException">This silo was not started with --allow-faults.</exception>
    public void Inject(Fault fault)
    {
        if (!silo.AllowsFaults)
        {
            throw new JobException($"silo {silo.Name} allows no faults: it was not started for them (--allow-faults).");
        }

        LogFaultInjected(logger, Kebab.Name(fault.Kind), fault.Seconds);
        faults.Add(fault);
    }

    /// <summary>Ends an injected fault early.</summary>
    public void Clear(FaultKind kind) => faults.Take(kind);

    /// <summary>Another silo says how late it is.</summary>
    public void SetLateness(SiloAddress other, TimeSpan lateness)
    {
        if (cluster.CurrentSnapshot.GetSiloStatus(other) == SiloStatus.Active)
        {
            patience.Told(lateness); // a silo declared dead is not waited for
        }
    }

    [LoggerMessage(LogLevel.Warning, "Injected fault {Kind} for {Seconds} s")]
    private static partial void LogFaultInjected(ILogger logger, string kind, double seconds);
}
