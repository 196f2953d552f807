using System.IO.Hashing;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Granary.Contracts;
using Granary.Grains.Channel;
using Granary.Grains.Exchange;
using Granary.Grains.Faults;
using Granary.Grains.ModelState;
using Granary.Jobs;
using Granary.Model.Training;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Grains.Tests;

/// <summary>A peer that speaks rubbish on the tensor channel: whatever it sends, a step ends with one kind of error or with the
/// weights that it should have.</summary>
public sealed class ChannelFuzzTests : IDisposable
{
    // Two blocks: sums, weights, norms and records all travel.
    private const int Weights = BlockPlan.BlockSize + 40;

    // As many as a suite has time for; GRANARY_FUZZ_INPUTS asks for more.
    private static readonly int Inputs = int.Parse(Environment.GetEnvironmentVariable("GRANARY_FUZZ_INPUTS") ?? "20000", System.Globalization.CultureInfo.InvariantCulture);

    private readonly Socket _door = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly ExchangeLayout _layout = new(new BlockPlan(Weights), new ShardPlan(2, 2));
    private readonly BatchPlan _batches = new([4, 4], 8, 1);
    private long _mostAllocated;
    private readonly ParameterShape[] _shape = [new ParameterShape("w", [Weights], Initialisation.Zero, 0, true)];

    public ChannelFuzzTests()
    {
        _door.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _door.Listen(16);
    }

    public void Dispose() => _door.Dispose();

    [Fact]
    public void Rubbish_from_a_peer_ends_a_step_with_one_kind_of_error_and_bounded_memory()
    {
        using var store = new VersionStore<float>(_shape, Precision.Float32, _layout, 0, 0);
        using var sums = new NativeVector<float>(Weights);
        sums.Span(0, Weights).Fill(1);
        var good = Good();
        Assert.Equal("done", Step(store, sums, [.. good.SelectMany(f => f)], out var expected));
        var outcomes = new Dictionary<string, int>();
        var random = new Random(5);
        for (var i = 0; i < Inputs; i++)
        {
            var outcome = Step(store, sums, Spoilt(good, random), out var weights);
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            if (outcome == "done")
            {
                Assert.Equal(expected, weights); // only what changes nothing may pass
            }
        }

        Assert.True(_mostAllocated < 64 * 1024, $"a message cost {_mostAllocated} bytes");
        Assert.True(outcomes.Count >= 5, string.Join("; ", outcomes)); // many different ways of being wrong are told apart
    }

    // One step of member 0, against a peer that has sent these bytes and nothing more.
    private unsafe string Step(VersionStore<float> store, NativeVector<float> sums, byte[] sent, out ulong weights)
    {
        using var peer = new Socket(SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = 1 << 20 };
        peer.Connect(_door.LocalEndPoint!);
        using var mesh = new PeerMesh([new PeerLink(1, new PlainWire(_door.Accept()), new LinkFaults(new SiloFaults(TimeProvider.System)))]);
        peer.Send(sent);
        peer.Shutdown(SocketShutdown.Send);
        var optimizer = OptimizerCatalogue.Create(new OptimizerSection { LearningRate = 0.1 });
        using var exchange = new StepExchange<float>(
            _layout, 0, 7, mesh, _batches, new BlockUpdate<float>(_layout.Blocks, DecayRun.PerBlock(_shape, _layout.Blocks, false), optimizer), 1);
        var own = new OwnSums<float>(parts: 1);
        own.Publish(0, sums.Data, 4, missing: 0);
        own.Complete([new ShardRecord(0, 4, 4, 1, 1)]);
        weights = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            var records = exchange.Run(
                0, 0, 0.1, own, store.Current, store.Next, null, new CancellationToken(canceled: true)); // looked at when nothing comes any more
            Assert.Equal([0, 1], records.Select(r => r.Shard));
            weights = XxHash3.HashToUInt64(new ReadOnlySpan<byte>(store.Next.Weights.Data, Weights * sizeof(float)));
            return "done";
        }
        catch (OperationCanceledException)
        {
            return "waits"; // for what is of a later step, as the frame says
        }
        catch (Exception e) when (e is ChannelException or NonFiniteException)
        {
            return new string([.. e.Message.Where(c => !char.IsDigit(c) && c != '-')]);
        }
        finally
        {
            _mostAllocated = Math.Max(_mostAllocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    // What member 1 sends in the step.
    private List<byte[]> Good()
    {
        var (first, end) = _layout.Owned(0);
        var (theirs, theirEnd) = _layout.Owned(1);
        var frames = new List<byte[]>();
        for (var b = first; b < end; b++)
        {
            frames.Add(Frame(new FrameHeader { Kind = FrameKind.Sum, Block = b, Weight = 4 }, Floats(_layout.Blocks.Length(b), 3)));
        }

        frames.Add(Frame(new FrameHeader { Kind = FrameKind.Records }, MemoryMarshal.AsBytes<ShardRecord>(new[] { new ShardRecord(1, 4, 4, 1, 1) })));
        frames.Add(Frame(new FrameHeader { Kind = FrameKind.Norms, Block = theirs }, MemoryMarshal.AsBytes<double>(new double[theirEnd - theirs])));
        for (var b = theirs; b < theirEnd; b++)
        {
            frames.Add(Frame(new FrameHeader { Kind = FrameKind.Weights, Block = b }, Floats(_layout.Blocks.Length(b), 0.25f)));
        }

        return frames;
    }

    private static ReadOnlySpan<byte> Floats(int count, float value)
    {
        var values = new float[count];
        values.AsSpan().Fill(value);
        return MemoryMarshal.AsBytes<float>(values);
    }

    private static byte[] Frame(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        (header.Magic, header.Generation, header.Length) = (FrameHeader.ExpectedMagic, 7, payload.Length);
        header.Checksum = FrameChecksum.Of(header, payload);
        return [.. MemoryMarshal.AsBytes(new Span<FrameHeader>(ref header)), .. payload];
    }

    private static byte[] Spoilt(List<byte[]> good, Random random)
    {
        var frames = good.Select(f => (byte[])f.Clone()).ToList();
        var which = random.Next(frames.Count);
        switch (random.Next(8))
        {
            case 0: // one bit somewhere
                frames[which][random.Next(frames[which].Length)] ^= (byte)(1 << random.Next(8));
                break;
            case 1: // a forged number in the header
                Forge(frames[which], random);
                break;
            case 2: // and signed: a peer that lies
                Forge(frames[which], random, lies: true);
                Sign(frames[which]);
                break;
            case 3: // twice
                frames.Insert(random.Next(frames.Count), frames[which]);
                break;
            case 4: // cut off
                frames[^1] = frames[^1][..random.Next(frames[^1].Length)];
                break;
            case 5: // left out
                frames.RemoveAt(which);
                break;
            case 6: // in another order: that alone is no fault
                frames = [.. frames.OrderBy(_ => random.Next())];
                break;
            default: // no frames at all
                var noise = new byte[random.Next(1, 300)];
                random.NextBytes(noise);
                frames.Insert(which, noise);
                break;
        }

        return [.. frames.SelectMany(f => f)];
    }

    private static void Forge(byte[] frame, Random random, bool lies = false)
    {
        ref var header = ref MemoryMarshal.AsRef<FrameHeader>(frame.AsSpan(0, FrameHeader.Size));
        int[] values = [int.MinValue, -1, 0, 1, 2, 3, 7, 16384, 65536, int.MaxValue - 3, int.MaxValue];
        var value = values[random.Next(values.Length)];
        switch (random.Next(lies ? 6 : 7)) // a peer that lies about its weights is beyond what anybody here can know
        {
            case 0: header.Kind = (FrameKind)value; break;
            case 1: header.Generation = value; break;
            case 2: header.Step = value; break;
            case 3: header.Block = value; break;
            case 4: header.Part = value; break;
            case 5: header.Length = value; break;
            default: header.Weight = random.Next(2) == 0 ? double.NaN : value; break;
        }
    }

    private static void Sign(byte[] frame)
    {
        ref var header = ref MemoryMarshal.AsRef<FrameHeader>(frame.AsSpan(0, FrameHeader.Size));
        header.Checksum = FrameChecksum.Of(header, frame.AsSpan(FrameHeader.Size));
    }

    [Fact]
    public async Task A_thousand_silent_connections_keep_no_member_out_and_are_logged_once()
    {
        var log = new CountingLogger();
        using var listener = new TensorListener(new IPEndPoint(IPAddress.Loopback, 0), "c", "p", log, tcpAlone: true); // as strangers must come
        var strangers = Enumerable.Range(0, 1000).Select(_ => new Socket(SocketType.Stream, ProtocolType.Tcp)).ToArray();
        foreach (var stranger in strangers)
        {
            await stranger.ConnectAsync(listener.EndPoint);
        }

        using var other = new TensorListener(new IPEndPoint(IPAddress.Loopback, 0), "c", "p", NullLogger.Instance, tcpAlone: true);
        using var time = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        IPEndPoint[] members = [listener.EndPoint, other.EndPoint];
        var faults = new SiloFaults(TimeProvider.System);
        var meshes = await Task.WhenAll(
            PeerMesh.Connect(listener, new Handshake("c", "j", 1, 0, 0, "p"), members, faults, time.Token),
            PeerMesh.Connect(other, new Handshake("c", "j", 1, 1, 0, "p"), members, faults, time.Token));
        Assert.Equal(1, log.Lines);

        // All but the newest have been closed by the listener: reading from one ends.
        Assert.Equal(0, await strangers[0].ReceiveAsync(new byte[1], time.Token).AsTask().ContinueWith(t => t.IsFaulted ? 0 : t.Result, TaskScheduler.Default));
        Array.ForEach(meshes, m => m.Dispose());
        Array.ForEach(strangers, s => s.Dispose());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    [InlineData(2049)]
    public async Task A_handshake_of_a_forged_length_is_turned_away(int length)
    {
        using var listener = new TensorListener(new IPEndPoint(IPAddress.Loopback, 0), "c", "p", NullLogger.Instance);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.EndPoint);
        byte[] said = [.. BitConverter.GetBytes(Handshake.Magic), .. BitConverter.GetBytes(length)];
        await socket.SendAsync(said);
        var got = await socket.ReceiveAsync(new byte[1]).ContinueWith(t => t.IsFaulted ? 0 : t.Result, TaskScheduler.Default);
        Assert.Equal(0, got);
    }

    private sealed class CountingLogger : ILogger
    {
        private int _lines;

        public int Lines => _lines;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Interlocked.Increment(ref _lines);
    }
}
