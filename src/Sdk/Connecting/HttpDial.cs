using System.Net;
using System.Net.Sockets;

namespace Granary.Sdk.Connecting;

/// <summary>Makes the connections to a cluster's HTTP server. A name may stand for several addresses: each new connection begins with the next one, for a connection is only made
/// where there is none, or where the one that there is says nothing. The system asks the other end from time to time whether it is still there, so that a machine that was lost
/// without a word is noticed while an answer is waited for.</summary>
/// <param name="silence">How long the other end may say nothing to the system.</param>
/// <param name="resolve">The addresses of a name; the system's answer if left out.</param>
internal sealed class HttpDial(TimeSpan silence, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
{
    private const int Probes = 3;
    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(3);

    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve = resolve ?? Dns.GetHostAddressesAsync;
    private int _next = -1;

    /// <summary>How many addresses the name had when it was last looked up.</summary>
    public int Addresses { get; private set; } = 1;

    /// <summary>The address that was reached last; null: none was.</summary>
    public IPAddress? Last { get; private set; }

    /// <summary>Connects.</summary>
    /// <exception cref="SocketException">Nobody is there.</exception>
    public async ValueTask<NetworkStream> Connect(DnsEndPoint place, CancellationToken cancellation)
    {
        var addresses = IPAddress.TryParse(place.Host.Trim('[', ']'), out var address) ? [address] : await _resolve(place.Host, cancellation);
        if (addresses.Length == 0)
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }

        Addresses = addresses.Length;
        var first = (int)((uint)Interlocked.Increment(ref _next) % (uint)addresses.Length);
        for (var i = 0; ; i++)
        {
            var isLast = i == addresses.Length - 1;
            using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            if (!isLast)
            {
                time.CancelAfter(ConnectTime);
            }

            try
            {
                var chosen = addresses[(first + i) % addresses.Length];
                var stream = await Connect(new IPEndPoint(chosen, place.Port), time.Token);
                Last = chosen;
                return stream;
            }
            catch (Exception e) when (!isLast && (e is SocketException || (e is OperationCanceledException && !cancellation.IsCancellationRequested)))
            {
                // The next one.
            }
        }
    }

    private async Task<NetworkStream> Connect(IPEndPoint place, CancellationToken cancellation)
    {
        var socket = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            KeepAlive(socket);
            await socket.ConnectAsync(place, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void KeepAlive(Socket socket)
    {
        var each = Math.Max(1, (int)(silence.TotalSeconds / (Probes + 1)));
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, each);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, each);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);

        // No TCP_USER_TIMEOUT: it would also end what waits because the other end, which is there, reads nothing for a while.
    }
}
