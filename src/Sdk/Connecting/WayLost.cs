using System.Net.Sockets;
using Orleans.Runtime;

namespace Granary.Sdk.Connecting;

/// <summary>Errors that tell of a way to the cluster that is lost, and not of what was asked: another try may take another way.</summary>
internal static class WayLost
{
    /// <summary>Whether an error is one of these.</summary>
    public static bool Tells(Exception error) => error is OrleansException or TimeoutException or SocketException;
}
