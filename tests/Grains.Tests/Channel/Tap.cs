using System.Net;
using System.Net.Sockets;

namespace Granary.Grains.Tests;

/// <summary>A port that passes on what comes to another one, and back, and keeps a copy of all of it.</summary>
internal sealed class Tap : IDisposable
{
    private readonly TcpListener _door = new(IPAddress.Loopback, 0);
    private readonly MemoryStream _seen = new();
    private readonly IPEndPoint _to;

    public Tap(IPEndPoint to)
    {
        _to = to;
        _door.Start();
        EndPoint = (IPEndPoint)_door.LocalEndpoint;
        _ = Serve();
    }

    public IPEndPoint EndPoint { get; }

    public byte[] Seen()
    {
        lock (_seen)
        {
            return _seen.ToArray();
        }
    }

    private async Task Serve()
    {
        using var near = await _door.AcceptTcpClientAsync();
        using var far = new TcpClient();
        await far.ConnectAsync(_to);
        await Task.WhenAny(Pass(near.GetStream(), far.GetStream()), Pass(far.GetStream(), near.GetStream()));
    }

    private async Task Pass(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[65536];
        try
        {
            while (await from.ReadAsync(buffer) is > 0 and var got)
            {
                lock (_seen)
                {
                    _seen.Write(buffer, 0, got);
                }

                await to.WriteAsync(buffer.AsMemory(0, got));
            }
        }
        catch (IOException)
        {
            // One of them has closed it.
        }
    }

    public void Dispose() => _door.Dispose();
}
