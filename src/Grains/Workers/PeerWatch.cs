using Granary.Contracts;
using Microsoft.Extensions.Logging;

namespace Granary.Grains.Workers;

/// <summary>After a lost connection, checks whether the other workers' processes still exist, so that the cluster need not wait for missed
/// heartbeats: where one has died another may have too, and either may have held the coordinator.</summary>
/// <param name="cluster">Cluster membership.</param>
/// <param name="logger">For checks that fail.</param>
internal sealed partial class PeerWatch(IClusterMembershipService cluster, ILogger<PeerWatch> logger)
{
    /// <summary>Checks every other member of a generation.</summary>
    public Task Check(Assignment assignment) => Task.WhenAll(assignment.Members.Where((_, rank) => rank != assignment.Rank).Select(Check));

    private async Task Check(Member peer)
    {
        try
        {
            await PeerProbe.DeclareDeadIfGone(peer, cluster);
        }
#pragma warning disable CA1031 // membership notices by itself, a little later
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogUnsure(logger, peer.Name, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Could not find out whether silo {Name} is gone: {Reason}")]
    private static partial void LogUnsure(ILogger logger, string name, string reason);
}
