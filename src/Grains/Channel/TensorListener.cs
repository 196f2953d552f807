using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Granary.Contracts.Certificates;
using Microsoft.Extensions.Logging;

namespace Granary.Grains.Channel;

/// <summary>
/// A silo's tensor port. Each accepted connection must say within 5 s (longer where silos get the processor late) which cluster, job, generation and member it is
/// for; it is then handed to the mesh that expects it. Whatever else arrives is closed: it costs one small buffer. Of those
/// that say nothing only some are kept (<see cref="HandshakeRoom"/>), so that they cannot keep out a member, who speaks at once. With certificates a connection must
/// begin with TLS and show one, and hears nothing before. Processes of the same host come in by a <see cref="HostSocket"/>, and must be of this user or root.
/// </summary>
internal sealed partial class TensorListener : IDisposable
{
    private const int ArrivalsAtOnce = 1024;
    private const int Backlog = 128;

    // A connection that is closed to make room has its thread for an instant more.
    private const int ThreadsAtOnce = HandshakeRoom.Most + 64;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan HandshakeTime = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(string Job, long Generation, int To, int From), TaskCompletionSource<Wire>> _expected = new();
    private readonly HandshakeRoom _silent = new();
    private readonly SemaphoreSlim _threads = new(ThreadsAtOnce);
    private readonly RefusalLog _refused;
    private readonly ClusterCertificates? _certificates;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket? _onHost;
    private readonly ILogger _logger;
    private readonly Func<TimeSpan, TimeSpan> _stretch;
    private readonly AdmissionRule _admission;
    private int _arriving;

    /// <param name="endpoint">Address and port; port 0: any free one.</param>
    /// <param name="cluster">Whom it lets in.</param>
    /// <param name="platform">See <see cref="Handshake"/>.</param>
    /// <param name="logger">Gets refused connections.</param>
    /// <param name="tcpAlone">Processes of the same host are to use the port as others do.</param>
    /// <param name="stretch">Makes a time as long as it must be where silos get the processor late; as it is if left out.</param>
    /// <param name="codec">How blocks are encoded; the identity if left out.</param>
    /// <param name="certificates">What it shows and whom it trusts; without, nothing is encrypted.</param>
    public TensorListener(
        IPEndPoint endpoint, string cluster, string platform, ILogger logger, bool tcpAlone = false, Func<TimeSpan, TimeSpan>? stretch = null,
        IBlockCodec? codec = null, ClusterCertificates? certificates = null)
    {
        _refused = new RefusalLog(logger, "tensor port");
        _certificates = certificates;
        _stretch = stretch ?? (usual => usual);
        _admission = new AdmissionRule(cluster, platform, (codec ?? IdentityCodec.Instance).Name);
        _logger = logger;
        _listener.Bind(endpoint);
        LoopbackPace.Disable(_listener, endpoint.Address);
        _listener.Listen(Backlog);
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        _ = AcceptLoop(_listener);
        _onHost = tcpAlone ? null : HostSocket.Listen(EndPoint, Backlog);
        if (_onHost is not null)
        {
            _ = AcceptLoop(_onHost);
        }
        else if (!tcpAlone && OperatingSystem.IsLinux())
        {
            LogNotOnHost(_logger, EndPoint);
        }
    }

    /// <summary>Where it listens, with the port really taken.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Announces a connection that a peer is about to make, and returns it when it has come.</summary>
    public async Task<Wire> Expect(Handshake handshake, CancellationToken cancellation)
    {
        var key = (handshake.Job, handshake.Generation, handshake.To, handshake.From);
        var arrival = _expected.GetOrAdd(key, _ => new TaskCompletionSource<Wire>(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            return await arrival.Task.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            if (!arrival.TrySetCanceled(cancellation))
            {
                (await arrival.Task).Dispose(); // it came at the last moment
            }

            throw;
        }
        finally
        {
            _expected.TryRemove(key, out _);
        }
    }

    private async Task AcceptLoop(Socket listener)
    {
        while (!_stopping.IsCancellationRequested)
        {
            var (taken, given) = (false, false);
            try
            {
                await _threads.WaitAsync(_stopping.Token);
                taken = true;
                var socket = await listener.AcceptAsync(_stopping.Token);
                given = Begin(socket);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(100, CancellationToken.None); // out of handles, perhaps: not at full speed
            }
            finally
            {
                if (taken && !given)
                {
                    _threads.Release();
                }
            }
        }
    }

    // False: the system gives no more threads just now.
    private bool Begin(Socket socket)
    {
        var from = socket.AddressFamily == AddressFamily.Unix ? null : Peer(socket);
        var seat = _silent.Enter(from?.Address ?? IPAddress.None, socket.Dispose);
        try
        {
            new Thread(() => Welcome(socket, from, seat)) { IsBackground = true, Name = "tensor handshake" }.Start();
            return true;
        }
        catch (OutOfMemoryException)
        {
            _silent.Leave(seat);
            socket.Dispose();
            return false;
        }
    }

    private static IPEndPoint? Peer(Socket socket)
    {
        try
        {
            return socket.RemoteEndPoint is not IPEndPoint peer ? null
                : peer.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(peer.Address.MapToIPv4(), peer.Port) : peer;
        }
        catch (SocketException)
        {
            return null; // it has gone already
        }
    }

    private void Welcome(Socket socket, IPEndPoint? from, HandshakeRoom.Seat seat)
    {
        Wire? wire = null;
        var (kept, isKnown, madeRoom) = (false, false, false);
        void Known()
        {
            if (!isKnown)
            {
                isKnown = true;
                madeRoom = !_silent.Leave(seat);
                _threads.Release();
            }
        }

        try
        {
            using var time = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            time.CancelAfter(_stretch(HandshakeTime));
            wire = Open(socket, time.Token);
            var handshake = Handshake.Read(wire, time.Token);
            Known();
            if (handshake is null)
            {
                _refused.Tell(from, "it did not begin with a handshake");
                return;
            }

            var refusal = _admission.Refusal(handshake);
            if (refusal is null && handshake.IsQuestion)
            {
                Handshake.Answer(wire, null);
                return;
            }

            if (refusal is null && !Arrive(handshake, wire, time.Token))
            {
                refusal = AdmissionRule.Unexpected(handshake);
            }
            else if (refusal is null)
            {
                kept = true;
                return;
            }

            _refused.Tell(from, refusal);
            Handshake.Answer(wire, refusal);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
            Known();
            if (!_stopping.IsCancellationRequested)
            {
                _refused.Tell(from, madeRoom || e is ObjectDisposedException or OperationCanceledException ? "it said nothing" : e.Message);
            }
        }
        finally
        {
            Known();
            if (!kept)
            {
                wire?.Dispose();
                socket.Dispose();
            }
        }
    }

    // What comes first says what it is, before anything is answered.
    private Wire Open(Socket socket, CancellationToken cancellation)
    {
        if (socket.AddressFamily == AddressFamily.Unix)
        {
            return HostSocket.IsOurs(socket) ? new PlainWire(socket) : throw new IOException("its user is neither this silo's nor root");
        }

        SocketWait.ForData(socket, cancellation);
        Span<byte> first = stackalloc byte[1];
        if (socket.Receive(first, SocketFlags.Peek) == 0)
        {
            throw new IOException("it closed the connection and had said nothing");
        }

        return (first[0] == HandshakeFailure.FirstByte, _certificates) switch
        {
            (true, { } certificates) => TlsWire.Accept(socket, certificates, cancellation),
            (true, null) => throw new IOException(HandshakeFailure.TlsOnPlainPort),
            (false, { }) => throw new IOException(HandshakeFailure.PlainTextOnTlsPort),
            _ => new PlainWire(socket),
        };
    }

    // A peer may dial before our own worker has heard of the generation: it waits here as long as a handshake may take.
    private bool Arrive(Handshake handshake, Wire wire, CancellationToken cancellation)
    {
        var key = (handshake.Job, handshake.Generation, handshake.To, handshake.From);
        try
        {
            var room = Interlocked.Increment(ref _arriving) <= ArrivalsAtOnce;
            while (room && !cancellation.IsCancellationRequested)
            {
                if (_expected.TryGetValue(key, out var arrival))
                {
                    Handshake.Answer(wire, null);
                    return arrival.TrySetResult(wire);
                }

                cancellation.WaitHandle.WaitOne(LookEvery);
            }

            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _arriving);
        }
    }

    [LoggerMessage(LogLevel.Warning, "No Unix socket for the tensor port {Port}: its name is taken, or such sockets are forbidden here; silos of this host use TCP")]
    private static partial void LogNotOnHost(ILogger logger, IPEndPoint port);

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Cancel();
        _listener.Dispose();
        _onHost?.Dispose();
    }
}
