using System.Net;
using System.Net.Sockets;

namespace Granary.Testing;

/// <summary>Passes on what goes between clients and a server, until it is told to fall silent: from then on it takes connections and what is sent over them, passes nothing on and closes
/// nothing. So a machine looks that was lost behind a switch, a proxy or a cloud's balancer.</summary>
internal sealed class SilentRelay : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly IPEndPoint _server;
    private readonly CancellationTokenSource _end = new();
    private readonly List<Socket> _sockets = [];
    private readonly Task _accepting;
    private volatile bool _isSilent;

    /// <param name="server">Where to.</param>
    /// <param name="place">Where it listens; any port of 127.0.0.1 if left out.</param>
    public SilentRelay(IPEndPoint server, IPEndPoint? place = null)
    {
        _server = server;
        _listener = new TcpListener(place ?? new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Start();
        _accepting = Accept();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Place => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Says nothing any more.</summary>
    public void FallSilent() => _isSilent = true;

    private async Task Accept()
    {
        var relays = new List<Task>();
        try
        {
            while (true)
            {
                var client = Keep(await _listener.AcceptSocketAsync(_end.Token));
                relays.Add(Relay(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException) // the last: it was ended between two connections
        {
            await Task.WhenAll(relays);
        }
    }

    private async Task Relay(Socket client)
    {
        if (_isSilent)
        {
            await Swallow(client);
            return;
        }

        var server = Keep(new Socket(_server.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        try
        {
            await server.ConnectAsync(_server, _end.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            client.Dispose();
            return;
        }

        await Task.WhenAll(PassOn(client, server), PassOn(server, client));
    }

    private async Task PassOn(Socket from, Socket to)
    {
        var chunk = new byte[8192];
        try
        {
            while (await from.ReceiveAsync(chunk, _end.Token) is > 0 and var count)
            {
                if (_isSilent)
                {
                    await Swallow(from);
                    return;
                }

                await to.SendAsync(chunk.AsMemory(0, count), _end.Token);
            }

            if (!_isSilent)
            {
                to.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            if (!_isSilent)
            {
                to.Dispose();
            }
        }
    }

    private async Task Swallow(Socket from)
    {
        var chunk = new byte[8192];
        try
        {
            while (await from.ReceiveAsync(chunk, _end.Token) > 0)
            {
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It is over.
        }
    }

    private Socket Keep(Socket socket)
    {
        lock (_sockets)
        {
            _sockets.Add(socket);
        }

        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        lock (_sockets)
        {
            _sockets.ForEach(s => s.Dispose());
        }

        _end.Dispose();
    }
}
