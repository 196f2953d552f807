using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Granary.Contracts.Certificates;
using Granary.Grains.Faults;

namespace Granary.Grains.Channel;

/// <summary>The connections of one member to every other member of its generation.</summary>
internal sealed class PeerMesh : IDisposable
{
    // Long enough to catch a peer that finishes within a scheduler's tick, short enough to leave the core to others.
    private const int SpinRounds = 200;
    private const int WaitMicroseconds = 20_000;

    private readonly List<Socket> _readable = [];
    private readonly List<Socket> _writable = [];
    private WakeupSocket? _wakeup;
    private int _disposed;
    private long _lastMoved;
    private long _waited;

    /// <param name="links">One link per other member, in member order.</param>
    /// <param name="codec">How blocks are encoded; the identity if left out.</param>
    public PeerMesh(PeerLink[] links, IBlockCodec? codec = null) => (Links, Codec) = (links, codec ?? IdentityCodec.Instance);

    /// <summary>How blocks are encoded on these connections.</summary>
    public IBlockCodec Codec { get; }

    /// <summary>One link per other member, in member order.</summary>
    public PeerLink[] Links { get; }

    /// <summary>Timestamp of the last byte that came in or went out; 0: none has.</summary>
    public long LastMoved => Volatile.Read(ref _lastMoved);

    /// <summary>Stopwatch ticks that the driving thread has had nothing to do so far: every peer's part was still to come.</summary>
    public long Waited => Volatile.Read(ref _waited);

    /// <summary>Payload bytes sent so far.</summary>
    public long BytesSent
    {
        get
        {
            long bytes = 0;
            foreach (var link in Links)
            {
                bytes += link.BytesSent;
            }

            return bytes;
        }
    }

    /// <summary>Whether anything waits to be sent.</summary>
    public bool HasOutgoing => Array.Exists(Links, static l => l.HasOutgoing);

    /// <summary>The link to another member.</summary>
    public PeerLink LinkTo(int member) =>
        Array.Find(Links, l => l.Peer == member) ?? throw new ArgumentOutOfRangeException(nameof(member), member, "There is no link to oneself.");

    /// <summary>Connects to every other member: the higher place dials the lower. With certificates all that leaves the host is encrypted.</summary>
    /// <param name="listener">Where those of higher places dial.</param>
    /// <param name="self">Who connects.</param>
    /// <param name="members">Where each listens.</param>
    /// <param name="faults">Faults injected into this silo.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="codec">How blocks are encoded; the identity if left out.</param>
    /// <param name="certificates">What this silo shows; null: it does not encrypt.</param>
    /// <param name="names">The silo of each member, for faults between two of them.</param>
    /// <exception cref="ChannelException">Some members cannot be reached, refuse, or have not dialled in time; it names all of them.</exception>
    public static async Task<PeerMesh> Connect(
        TensorListener listener, Handshake self, IReadOnlyList<IPEndPoint> members, SiloFaults faults, CancellationToken cancellation,
        IBlockCodec? codec = null, ClusterCertificates? certificates = null, IReadOnlyList<string>? names = null)
    {
        var links = new List<(int Peer, Task<PeerLink> Link)>();
        for (var m = 0; m < members.Count; m++)
        {
            if (m != self.From)
            {
                var own = new LinkFaults(faults, names?[m]);
                links.Add((m, m < self.From ? MemberCall.Begin(self with { To = m }, members[m], own, certificates, cancellation) : Await(listener, self, m, own, cancellation)));
            }
        }

        try
        {
            return new PeerMesh(await Task.WhenAll(links.Select(l => l.Link)), codec);
        }
        catch (Exception e) when (e is ChannelException or OperationCanceledException)
        {
            (int Peer, string? Cause)[] missing = [.. links.Where(l => !l.Link.IsCompletedSuccessfully).Select(l => (l.Peer, l.Link.Exception?.InnerException?.Message))];
            Close(links.Select(l => l.Link));
            throw new ChannelException(
                [.. missing.Select(m => m.Peer)], e is ChannelException ? e.Message : $"no connection to member {string.Join(", ", missing.Select(m => m.Peer))} in time")
            {
                Causes = [.. missing.Select(m => m.Cause)],
            };
        }
        catch
        {
            Close(links.Select(l => l.Link));
            throw;
        }
    }

    private static void Close(IEnumerable<Task<PeerLink>> links)
    {
        foreach (var link in links)
        {
            _ = link.ContinueWith(done => done.Result.Dispose(), TaskContinuationOptions.OnlyOnRanToCompletion);
        }
    }

    private static async Task<PeerLink> Await(TensorListener listener, Handshake self, int peer, LinkFaults faults, CancellationToken cancellation)
    {
        if (faults is { Any: true, Drops: true })
        {
            await Task.Factory.StartNew(() => faults.UntilPasses(cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        return new PeerLink(peer, await listener.Expect(self with { From = peer, To = self.From }, cancellation), faults);
    }

    /// <summary>Whether the driving thread leaves the core at once when there is nothing to do: others have a use for it.</summary>
    public bool Yields { get; set; }

    /// <summary>Makes <see cref="Wake"/> possible; false: it is not, on this machine.</summary>
    public bool TryMakeWakeable()
    {
        try
        {
            _wakeup ??= new WakeupSocket();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Ends the waiting of the thread that drives, so that its sink looks for work: for other threads.</summary>
    public void Wake() => _wakeup?.Wake();

    /// <summary>Moves bytes on every link, both ways, until the sink is done. Spins a little before it blocks.</summary>
    /// <exception cref="ChannelException">A link broke.</exception>
    /// <exception cref="OperationCanceledException">The caller was told to stop.</exception>
    public void Drive(IFrameSink sink, CancellationToken cancellation)
    {
        var idle = 0;
        long since = 0;
        while (true)
        {
            var progress = false;
            foreach (var link in Links)
            {
                progress |= link.TrySend(frames: 1);
                progress |= link.TryReceive(sink, frames: 1);
            }

            progress |= sink.Work();

            var done = sink.IsDone;
            if (since > 0 && (progress || done))
            {
                Volatile.Write(ref _waited, _waited + Stopwatch.GetTimestamp() - since);
                since = 0;
            }

            if (done)
            {
                return;
            }

            if (progress)
            {
                Volatile.Write(ref _lastMoved, Stopwatch.GetTimestamp());
                idle = 0;
                continue;
            }

            if (idle == 0 && !IsTransferring())
            {
                since = Stopwatch.GetTimestamp();
            }

            foreach (var link in Links)
            {
                link.MustBeOpen();
            }

            if (++idle <= SpinRounds && !Yields)
            {
                Thread.SpinWait(20);
            }
            else
            {
                cancellation.ThrowIfCancellationRequested();
                WaitForAny();
            }
        }
    }

    // What is on its way to or from a peer is not waited for, but transferred.
    private bool IsTransferring()
    {
        foreach (var link in Links)
        {
            if (link.HasOutgoing || link.IsReceiving)
            {
                return true;
            }
        }

        return false;
    }

    private void WaitForAny()
    {
        _readable.Clear();
        _writable.Clear();
        foreach (var link in Links)
        {
            if (link.Held)
            {
                Thread.Sleep(1); // an injected fault: nothing signals its end
                return;
            }

            if (!link.Paused)
            {
                _readable.Add(link.Socket);
            }

            if (link.HasOutgoing)
            {
                _writable.Add(link.Socket);
            }
        }

        if (_wakeup is not null)
        {
            _readable.Add(_wakeup.Socket);
        }
        else if (_readable.Count + _writable.Count == 0)
        {
            Thread.Sleep(1); // every peer is ahead and nothing is to be sent: there is no socket to wait for
            return;
        }

        Socket.Select(_readable, _writable.Count > 0 ? _writable : null, null, WaitMicroseconds);
        if (_wakeup is not null && _readable.Contains(_wakeup.Socket))
        {
            _wakeup.Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return; // native memory is not freed twice
        }

        foreach (var link in Links)
        {
            link.Dispose();
        }

        _wakeup?.Dispose();
    }
}
