using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Granary.Grains.Channel;

/// <summary>
/// A silo's tensor port. Each accepted connection must say within 5 s which cluster, job, generation and member it is
/// for; it is then handed to the mesh that expects it. Whatever else arrives is closed: it costs one small buffer, and the
/// number of connections that may stand in the handshake at once is bounded.
/// </summary>
internal sealed partial class TensorListener : IDisposable
{
    private const int HandshakesAtOnce = 64;
    private static readonly TimeSpan HandshakeTime = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(string Job, long Generation, int To, int From), TaskCompletionSource<Socket>> _expected = new();
    private readonly SemaphoreSlim _handshakes = new(HandshakesAtOnce);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly ILogger _logger;
    private readonly string _cluster;
    private readonly string _platform;
    private int _refusals;

    public TensorListener(IPEndPoint endpoint, string cluster, string platform, ILogger logger)
    {
        _cluster = cluster;
        _platform = platform;
        _logger = logger;
        _listener.Bind(endpoint);
        _listener.Listen(128);
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        _ = AcceptLoop();
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
        finally
        {
            _expected.TryRemove(key, out _);
        }
    }

    private async Task AcceptLoop()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await _handshakes.WaitAsync(_stopping.Token);
                var socket = await _listener.AcceptAsync(_stopping.Token);
                _ = Welcome(socket);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                _handshakes.Release();
                await Task.Delay(100, CancellationToken.None); // out of handles, perhaps: not at full speed
            }
        }
    }

    private async Task Welcome(Socket socket)
    {
        var kept = false;
        try
        {
            using var time = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            time.CancelAfter(HandshakeTime);
            var handshake = await Handshake.Read(socket, time.Token);
            if (handshake is null)
            {
                Refused(socket, "it did not begin with a handshake");
                return;
            }

            var refusal = Refusal(handshake);
            if (refusal is null && !await Arrive(handshake, socket, time.Token))
            {
                refusal = $"nobody here waits for job {handshake.Job}, generation {handshake.Generation}, member {handshake.From}";
            }
            else if (refusal is null)
            {
                kept = true;
                return;
            }

            Refused(socket, refusal);
            await Handshake.Answer(socket, refusal, time.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
            Refused(socket, e.Message);
        }
        finally
        {
            _handshakes.Release();
            if (!kept)
            {
                socket.Dispose();
            }
        }
    }

    private string? Refusal(Handshake handshake) =>
        handshake.Cluster != _cluster ? $"this silo belongs to cluster {_cluster}, not {handshake.Cluster}"
        : handshake.Platform != _platform ? $"this silo computes on {_platform}, yours on {handshake.Platform}: their results may differ in the last bit"
        : null;

    // A peer may dial before our own worker has heard of the generation: it waits here as long as a handshake may take.
    private async Task<bool> Arrive(Handshake handshake, Socket socket, CancellationToken cancellation)
    {
        var key = (handshake.Job, handshake.Generation, handshake.To, handshake.From);
        while (!cancellation.IsCancellationRequested)
        {
            if (_expected.TryGetValue(key, out var arrival))
            {
                await Handshake.Answer(socket, null, cancellation);
                return arrival.TrySetResult(socket);
            }

            await Task.Delay(10, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return false;
    }

    private void Refused(Socket socket, string reason)
    {
        var count = Interlocked.Increment(ref _refusals);
        if (int.IsPow2(count))
        {
            LogRefused(_logger, socket.RemoteEndPoint?.ToString() ?? "a peer", reason, count);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Refused a tensor connection from {Peer}: {Reason} (refusals so far: {Count})")]
    private static partial void LogRefused(ILogger logger, string peer, string reason, int count);

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Cancel();
        _listener.Dispose();
    }
}
