using System.Net.Sockets;

namespace Granary.Sdk.Connecting;

/// <summary>Errors of the connection to the cluster, not of the call itself: another try may go through another silo.</summary>
internal static class WayLost
{
    /// <summary>Whether an error is one of these.</summary>
    public static bool Tells(Exception error) => error is OrleansException or TimeoutException or SocketException or HttpRequestException;
}
