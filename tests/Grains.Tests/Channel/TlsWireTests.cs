using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Granary.Contracts.Certificates;
using Granary.Grains.Channel;
using Granary.Grains.Faults;

namespace Granary.Grains.Tests;

/// <summary>The tensor port of a cluster with certificates: who is let in, what strangers hear and cost, and what goes over the wire.
/// The memory that is bounded is the process's: no other test runs meanwhile.</summary>
[CollectionDefinition(nameof(TlsWireTests), DisableParallelization = true)]
[Collection(nameof(TlsWireTests))]
public sealed class TlsWireTests : IDisposable
{
    private readonly TestCertificates _own = new();
    private readonly TestCertificates _foreign = new();
    private readonly RecordedLog _log = new();

    public void Dispose()
    {
        _own.Dispose();
        _foreign.Dispose();
        _log.Dispose();
    }

    private TensorListener Listener(ClusterCertificates? certificates) =>
        new(new IPEndPoint(IPAddress.Loopback, 0), "c", "p", _log.CreateLogger("Granary.Test"), tcpAlone: true, certificates: certificates);

    private static async Task<PeerMesh[]> Connect(ClusterCertificates? certificates, CancellationToken cancellation, params TensorListener[] members)
    {
        var ports = members.Select(m => m.EndPoint).ToArray();
        return await Task.WhenAll(members.Select((l, m) => PeerMesh.Connect(
            l, new Handshake("c", "j", 1, m, 0, "p"), ports, new SiloFaults(TimeProvider.System), cancellation, certificates: certificates)));
    }

    private string Folder(string whose) => whose switch
    {
        "expired" => _own.Outdated("old"),
        "foreign" => _foreign.Issue("stranger"),
        "client" => _own.Issue("laptop", client: true),
        _ => throw new ArgumentOutOfRangeException(nameof(whose), whose, null),
    };

    // A member's first words, which an unencrypted port would answer.
    private static byte[] Greeting()
    {
        var body = """{"Cluster":"c","Job":"j","Generation":1,"From":1,"To":0,"Platform":"p"}"""u8.ToArray();
        return [.. BitConverter.GetBytes(Handshake.Magic), .. BitConverter.GetBytes(body.Length), .. body];
    }

    [Theory]
    [InlineData("expired", "its certificate, of 'old', is good from ")]
    [InlineData("foreign", "its certificate, of 'stranger', is of a CA that is not trusted here ('Granary CA ")]
    [InlineData("client", "its certificate, of 'laptop', is a client's, and not a silo's")]
    [InlineData("none", "it showed no certificate")]
    public async Task A_bad_certificate_hears_nothing_and_is_logged_with_its_reason(string whose, string reason)
    {
        using var listener = Listener(_own.Open(_own.Issue("silo")));
        Assert.Empty(await TestCertificates.Heard(listener.EndPoint, whose == "none" ? null : Folder(whose), Greeting()));
        Assert.Contains($"Refused a connection to the tensor port from 127.0.0.1:", await Line());
        Assert.Contains(reason, await Line());
    }

    [Fact]
    public async Task Plain_text_hears_nothing_and_is_logged()
    {
        using var listener = Listener(_own.Open(_own.Issue("silo")));
        Assert.Empty(await TestCertificates.HeardInPlainText(listener.EndPoint, Greeting()));
        Assert.Contains(": it spoke plain text, and this port demands TLS", await Line());
    }

    [Fact]
    public async Task TLS_where_there_are_no_certificates_hears_nothing_and_is_logged()
    {
        using var listener = Listener(certificates: null);
        Assert.Empty(await TestCertificates.Heard(listener.EndPoint, _own.Issue("silo"), Greeting()));
        Assert.Contains(": it began a TLS handshake, and this silo has no certificates", await Line());
    }

    // One, however it is refused: the connection has been closed by then, and the line comes before that.
    private async Task<string> Line()
    {
        while (_log.Lines.Count == 0)
        {
            await Task.Delay(5);
        }

        return Assert.Single(_log.Lines).Message;
    }

    [Fact]
    public async Task A_silo_with_a_certificate_lets_no_silo_be_called_that_has_another_CAs()
    {
        var (own, foreign) = (_own.Open(_own.Issue("silo")), _foreign.Open(_foreign.Issue("stranger")));
        using var listener = Listener(foreign);
        using var other = Listener(own);
        using var time = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var refusal = await Assert.ThrowsAsync<ChannelException>(() => PeerMesh.Connect(
            other, new Handshake("c", "j", 1, 1, 0, "p"), [listener.EndPoint, other.EndPoint], new SiloFaults(TimeProvider.System), time.Token, certificates: own));
        Assert.Contains("its certificate, of 'stranger', is of a CA that is not trusted here", refusal.Message);
    }

    // Everything passes through here, as through whoever listens on the network.
    [Fact]
    public async Task Neither_names_nor_numbers_are_on_the_wire()
    {
        using var time = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        foreach (var certificates in new[] { null, _own.Open(_own.Issue("silo")) })
        {
            using var listener = Listener(certificates);
            using var other = Listener(certificates);
            using var tap = new Tap(listener.EndPoint);
            var self = new Handshake("c", "the-job's-name", 1, 0, 0, "p");
            IPEndPoint[] ports = [tap.EndPoint, other.EndPoint];
            var meshes = await Task.WhenAll(
                PeerMesh.Connect(listener, self, ports, new SiloFaults(TimeProvider.System), time.Token, certificates: certificates),
                PeerMesh.Connect(other, self with { From = 1 }, ports, new SiloFaults(TimeProvider.System), time.Token, certificates: certificates));
            await Task.WhenAll(meshes.Select((m, i) => Task.Factory.StartNew(() => Ball.Play(m, rounds: 3, serves: i == 0, time.Token), TaskCreationOptions.LongRunning)));
            Array.ForEach(meshes, m => m.Dispose());
            var seen = Encoding.Latin1.GetString(tap.Seen());
            Assert.True(seen.Length > 3 * Ball.Bytes, $"{seen.Length} bytes were seen");
            Assert.Equal(certificates is null, seen.Contains("the-job", StringComparison.Ordinal));
            Assert.Equal(certificates is null, seen.Contains(Ball.Secret, StringComparison.Ordinal));
        }
    }

    [Fact]
    public Task Half_open_connections_and_bad_handshakes_cost_bounded_memory_and_no_step() => AreBorne(halfOpen: 400, bad: 1000);

    [LongFact]
    public Task A_flood_of_them_does_not_either() => AreBorne(halfOpen: 1000, bad: 10_000);

    private async Task AreBorne(int halfOpen, int bad)
    {
        var certificates = _own.Open(_own.Issue("silo"));
        using var listener = Listener(certificates);
        using var other = Listener(certificates);
        using var time = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        using var over = new CancellationTokenSource();
        var meshes = await Connect(certificates, time.Token, listener, other);
        var playing = meshes.Select((m, i) => Task.Factory.StartNew(() => Ball.PlayUntil(m, serves: i == 0, over.Token, time.Token), TaskCreationOptions.LongRunning)).ToArray();
        var (before, threads) = (Memory(), Process.GetCurrentProcess().Threads.Count);
        var mostThreads = 0;
        var silent = new List<Socket>();
        for (var i = 0; i < halfOpen; i++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(listener.EndPoint, time.Token);
            silent.Add(socket);
            if (i % 3 == 0)
            {
                await socket.SendAsync(new byte[] { 0x16, 3, 1 }, time.Token); // begins TLS, and says no more
            }
        }

        byte[][] greetings = [Greeting(), new byte[64], [0x16, 3, 1, 0, 5, 1, 2, 3, 4, 5], [0x16, 3, 1, 0xff, 0xff, 0]];
        for (var i = 0; i < bad; i++)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(listener.EndPoint, time.Token);
            await socket.SendAsync(greetings[i % greetings.Length], time.Token);
            if (i % 100 == 0)
            {
                mostThreads = Math.Max(mostThreads, Process.GetCurrentProcess().Threads.Count - threads);
            }
        }

        // A member is let in meanwhile.
        using var late = Listener(certificates);
        var joined = await Task.WhenAll(
            PeerMesh.Connect(listener, new Handshake("c", "late", 1, 0, 0, "p"), [listener.EndPoint, late.EndPoint], new SiloFaults(TimeProvider.System), time.Token, certificates: certificates),
            PeerMesh.Connect(late, new Handshake("c", "late", 1, 1, 0, "p"), [listener.EndPoint, late.EndPoint], new SiloFaults(TimeProvider.System), time.Token, certificates: certificates));
        await over.CancelAsync();
        var rounds = await Task.WhenAll(playing);
        Assert.All(rounds, r => Assert.True(r > 100, $"{r} rounds"));
        Assert.True(mostThreads <= 300, $"{mostThreads} threads more");
        silent.ForEach(s => s.Dispose());
        Assert.True(Memory() - before < 32 << 20, $"{(Memory() - before) >> 20} MB more");
        Assert.InRange(_log.Lines.Count, 1, 20);
        Array.ForEach(meshes, m => m.Dispose());
        Array.ForEach(joined, m => m.Dispose());
    }

    private static long Memory() => GC.GetTotalMemory(forceFullCollection: true);

    // The promise that compute never runs on the pool: whatever waits for bytes goes on within the call that has them.
    [Fact]
    public async Task What_waits_for_bytes_goes_on_on_the_thread_that_looks_for_them()
    {
        using var door = new Socket(SocketType.Stream, ProtocolType.Tcp);
        door.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        door.Listen();
        using var near = new Socket(SocketType.Stream, ProtocolType.Tcp);
        near.Connect(door.LocalEndPoint!);
        using var far = door.Accept();
        near.Blocking = false;
        await using var stream = new SocketStream(near);
        async Task<(int Got, int Thread)> Read()
        {
            var got = await stream.ReadAsync(new byte[8]).ConfigureAwait(false);
            return (got, Environment.CurrentManagedThreadId);
        }

        await Task.Factory.StartNew(
            () =>
            {
                var reading = Read();
                stream.GoOnReading();
                Assert.False(reading.IsCompleted);
                far.Send("12345"u8);
                SocketWait.ForData(near, CancellationToken.None);
                stream.GoOnReading();
                Assert.True(reading.IsCompleted);
                Assert.Equal((5, Environment.CurrentManagedThreadId), reading.GetAwaiter().GetResult());

                // What is written, and what the socket does not take at once.
                var (sent, heard) = (new byte[32 << 20], 0);
                new Random(1).NextBytes(sent);
                Assert.True(stream.WriteAsync(sent).IsCompletedSuccessfully);
                Assert.False(stream.TryFlush(out var error));
                Assert.Equal(SocketError.WouldBlock, error);
                var taken = new byte[1 << 20];
                var right = true;
                while (heard < sent.Length)
                {
                    var got = far.Receive(taken);
                    right &= taken.AsSpan(0, got).SequenceEqual(sent.AsSpan(heard, got));
                    heard += got;
                    stream.TryFlush(out error);
                }

                Assert.True(right && stream.TryFlush(out error) && error == SocketError.Success);
            },
            TaskCreationOptions.LongRunning);
    }
}
