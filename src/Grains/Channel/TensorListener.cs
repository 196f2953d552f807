using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Granary.Contracts;
using Microsoft.Extensions.Logging;

namespace Granary.Grains.Channel;

/// <summary>
/// A silo's tensor port. Each accepted connection must say within 5 s (longer where silos get the processor late) which cluster, job, generation and member it is
/// for; it is then handed to the mesh that expects it. Whatever else arrives is closed: it costs one small buffer. Of those
/// that say nothing only the newest few are kept, so that they cannot keep out a member, who speaks at once. Processes of the same
/// host come in by a <see cref="HostSocket"/>.
/// </summary>
internal sealed partial class TensorListener : IDisposable
{
    private const int SilentAtOnce = 64;
    private const int ArrivalsAtOnce = 1024;
    private const int Backlog = 128;
    private static readonly TimeSpan WarnEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan HandshakeTime = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(string Job, long Generation, int To, int From), TaskCompletionSource<Socket>> _expected = new();
    private readonly LinkedList<Socket> _silent = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket? _onHost;
    private readonly ILogger _logger;
    private readonly Func<TimeSpan, TimeSpan> _stretch;
    private readonly string _cluster;
    private readonly string _platform;
    private readonly string _codec;
    private readonly Lock _counting = new();
    private int _arriving;
    private long _refusals;
    private long _lastWarning;

    /// <param name="endpoint">Address and port; port 0: any free one.</param>
    /// <param name="cluster">Whom it lets in.</param>
    /// <param name="platform">See <see cref="Handshake"/>.</param>
    /// <param name="logger">Gets refused connections.</param>
    /// <param name="tcpAlone">Processes of the same host are to use the port as others do.</param>
    /// <param name="stretch">Makes a time as long as it must be where silos get the processor late; as it is if left out.</param>
    /// <param name="codec">How blocks are encoded; the identity if left out.</param>
    public TensorListener(
        IPEndPoint endpoint, string cluster, string platform, ILogger logger, bool tcpAlone = false, Func<TimeSpan, TimeSpan>? stretch = null,
        IBlockCodec? codec = null)
    {
        _stretch = stretch ?? (usual => usual);
        _cluster = cluster;
        _platform = platform;
        _codec = (codec ?? IdentityCodec.Instance).Name;
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
    public async Task<Socket> Expect(Handshake handshake, CancellationToken cancellation)
    {
        var key = (handshake.Job, handshake.Generation, handshake.To, handshake.From);
        var arrival = _expected.GetOrAdd(key, _ => new TaskCompletionSource<Socket>(TaskCreationOptions.RunContinuationsAsynchronously));
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
            try
            {
                var socket = await listener.AcceptAsync(_stopping.Token);
                var seat = Seat(socket);
                try
                {
                    new Thread(() => Welcome(socket, seat)) { IsBackground = true, Name = "tensor handshake" }.Start();
                }
                catch (OutOfMemoryException)
                {
                    Rise(seat); // the system gives no more threads just now
                    socket.Dispose();
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(100, CancellationToken.None); // out of handles, perhaps: not at full speed
            }
        }
    }

    // The connection that has been silent longest is closed to make room.
    private LinkedListNode<Socket> Seat(Socket socket)
    {
        lock (_silent)
        {
            if (_silent.Count == SilentAtOnce)
            {
                _silent.First!.Value.Dispose();
                _silent.RemoveFirst();
            }

            return _silent.AddLast(socket);
        }
    }

    private void Rise(LinkedListNode<Socket> seat)
    {
        lock (_silent)
        {
            if (seat.List is not null)
            {
                _silent.Remove(seat);
            }
        }
    }

    private void Welcome(Socket socket, LinkedListNode<Socket> seat)
    {
        var from = "a peer";
        var kept = false;
        try
        {
            from = socket.AddressFamily == AddressFamily.Unix ? "a process of this host" : socket.RemoteEndPoint!.ToString()!;
            using var time = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            time.CancelAfter(_stretch(HandshakeTime));
            var handshake = Handshake.Read(socket, time.Token);
            Rise(seat);
            if (handshake is null)
            {
                Refused(from, "it did not begin with a handshake");
                return;
            }

            var refusal = Refusal(handshake);
            if (refusal is null && !Arrive(handshake, socket, time.Token))
            {
                refusal = $"no worker here expects job {Shown(handshake.Job)}, generation {handshake.Generation}, member {handshake.From}";
            }
            else if (refusal is null)
            {
                kept = true;
                return;
            }

            Refused(from, refusal);
            Handshake.Answer(socket, refusal);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
            Refused(from, e is ObjectDisposedException or OperationCanceledException ? "it said nothing" : e.Message);
        }
        finally
        {
            Rise(seat);
            if (!kept)
            {
                socket.Dispose();
            }
        }
    }

    private string? Refusal(Handshake handshake) =>
        handshake.Cluster != _cluster ? $"this silo belongs to cluster {_cluster}, not {Shown(handshake.Cluster)}"
        : !PlatformDifference.IsNone(handshake.Platform ?? "none", _platform) ? Differing(PlatformDifference.Of(_platform, handshake.Platform ?? "none"))
        : (handshake.Codec ?? IdentityCodec.Instance.Name) is var codec && codec != _codec
            ? $"this silo encodes blocks by codec {_codec}, yours by {Shown(codec)}: register the same codec on every silo"
        : null;

    private static string Differing((string Own, string Theirs) parts) =>
        $"this silo computes on {parts.Own}, yours on {Shown(parts.Theirs)}: their results may differ in the last bit";

    // Text of an unknown peer goes into a log: one short line of it.
    private static string Shown(string? said) => said is null ? "none" : said[..Math.Min(said.Length, 100)].ReplaceLineEndings(" ");

    // A peer may dial before our own worker has heard of the generation: it waits here as long as a handshake may take.
    private bool Arrive(Handshake handshake, Socket socket, CancellationToken cancellation)
    {
        var key = (handshake.Job, handshake.Generation, handshake.To, handshake.From);
        try
        {
            var room = Interlocked.Increment(ref _arriving) <= ArrivalsAtOnce;
            while (room && !cancellation.IsCancellationRequested)
            {
                if (_expected.TryGetValue(key, out var arrival))
                {
                    Handshake.Answer(socket, null);
                    return arrival.TrySetResult(socket);
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

    // However many are refused, there is one line a minute.
    private void Refused(string peer, string reason)
    {
        lock (_counting)
        {
            if (++_refusals > 1 && Stopwatch.GetElapsedTime(_lastWarning) < WarnEvery)
            {
                return;
            }

            _lastWarning = Stopwatch.GetTimestamp();
            LogRefused(_logger, peer, reason, _refusals);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Refused a tensor connection from {Peer}: {Reason} (refusals so far: {Count}; such lines come once a minute at most)")]
    private static partial void LogRefused(ILogger logger, string peer, string reason, long count);

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
