using System.Net.Sockets;
using Granary.Contracts;

namespace Granary.Grains.Workers;

/// <summary>Checks a member whose connection broke. If its machine refuses connections to the port, the process is certainly gone, and
/// the cluster is told at once instead of waiting for missed probes.</summary>
internal static class PeerProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private static readonly int[] Pauses = [0, 50, 200, 600, 1500]; // ms

    /// <summary>Whether the silo's process is certainly gone.</summary>
    public static async Task<bool> IsGone(Member member)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var time = new CancellationTokenSource(Patience);
        try
        {
            await socket.ConnectAsync(member.Channel, time.Token);
            return false;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionRefused;
        }
        catch (OperationCanceledException)
        {
            return false; // no answer at all: membership must decide
        }
    }

    /// <summary>Has the cluster declare a silo dead if its process is certainly gone. Looks several times: a process that ends may lose
    /// one connection a little before its port.</summary>
    public static async Task DeclareDeadIfGone(Member member, IClusterMembershipService cluster)
    {
        foreach (var pause in Pauses)
        {
            await Task.Delay(pause);
            if (cluster.CurrentSnapshot.GetSiloStatus(member.Silo) is SiloStatus.Dead or SiloStatus.None
                || (await IsGone(member) && await cluster.TryKill(member.Silo)))
            {
                return;
            }
        }
    }
}
