using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Numerics.Tensors;
using System.Text.Json;
using Granary.Grains.Channel;
using Granary.Grains.Exchange;

namespace Granary.Bench.Exchange;

/// <summary>
/// What an exchange between two processes cannot do without: the same bytes over the same loopback and the same additions, and
/// nothing else: no frames, no checksums, no update, no checks. Each sends the other's half of its vector, adds what it receives to
/// its own half, and sends the sums; a small vector goes over whole, in one hop, and both add.
/// </summary>
internal static class FloorMember
{
    private const int Chunk = 256 << 10;
    private const int OneHop = 16_384;
    private const int SpinRounds = 1000;

    public static unsafe void Run(int self, IReadOnlyList<(int Weights, int Steps, int WarmUp)> works)
    {
        using var socket = Connect(self);
        socket.Blocking = false;
        socket.NoDelay = true;
        socket.SendBufferSize = socket.ReceiveBufferSize = 4 << 20;
        var figures = new Dictionary<string, double>();
        foreach (var (weights, steps, warmUp) in works)
        {
            using var gradient = new NativeVector<float>(weights);
            using var received = new NativeVector<float>(weights);
            gradient.Span(0, weights).Fill(1);
            received.Span(0, weights).Fill(0);
            var times = new double[steps];
            for (var step = -warmUp; step < steps; step++)
            {
                var began = Stopwatch.GetTimestamp();
                Exchange(socket, self, gradient.Data, received.Data, weights);
                if (step >= 0)
                {
                    times[step] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                }
            }

            Array.Sort(times);
            figures.Add(ExchangeMember.Name(weights, "ms"), times[steps / 2]);
        }

        Console.Out.WriteLine(JsonSerializer.Serialize(figures));
    }

    // Out: my terms of the peer's half, then the sums of my half as they are made. In: the same from the peer.
    private static unsafe void Exchange(Socket socket, int self, float* gradient, float* into, int weights)
    {
        var half = weights / 2;
        var whole = weights <= OneHop;
        var (own, ownLength) = whole ? (0, weights) : self == 0 ? (0, half) : (half, weights - half);
        var (other, otherLength) = whole ? (0, weights) : self == 0 ? (half, weights - half) : (0, half);
        long firstOut = otherLength * 4L, firstIn = ownLength * 4L;
        long total = weights * 4L, sent = 0, got = 0, added = 0;
        var idle = 0;
        while (sent < total || got < total)
        {
            var progress = false;
            var ready = sent < firstOut ? firstOut : firstOut + added;
            if (sent < ready)
            {
                var from = sent < firstOut ? (byte*)(gradient + other) + sent : (byte*)(into + own) + (sent - firstOut);
                var count = socket.Send(new ReadOnlySpan<byte>(from, (int)Math.Min(Chunk, ready - sent)), SocketFlags.None, out var error);
                Refuse(error);
                sent += count;
                progress = count > 0;
            }

            if (got < total)
            {
                var first = got < firstIn;
                var to = first ? (byte*)(into + own) + got : (byte*)(into + other) + (got - firstIn);
                var count = socket.Receive(new Span<byte>(to, (int)Math.Min(Chunk, (first ? firstIn : total) - got)), SocketFlags.None, out var error);
                Refuse(error);
                got += count;
                progress |= count > 0;
                var terms = Math.Min(got, firstIn) & ~3L;
                if (terms > added)
                {
                    var (at, length) = (added / 4, (int)((terms - added) / 4));
                    var sum = new Span<float>(into + own + at, length);
                    TensorPrimitives.Add(sum, new ReadOnlySpan<float>(gradient + own + at, length), sum);
                    added = terms;
                }
            }

            idle = progress ? 0 : idle + 1;
            if (idle > SpinRounds)
            {
                socket.Poll(20_000, SelectMode.SelectRead);
            }
        }
    }

    private static void Refuse(SocketError error)
    {
        if (error is not (SocketError.Success or SocketError.WouldBlock))
        {
            throw new SocketException((int)error);
        }
    }

    private static Socket Connect(int self)
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        LoopbackPace.Disable(listener, IPAddress.Loopback);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        Console.Out.WriteLine(((IPEndPoint)listener.LocalEndPoint!).Port);
        var ports = Console.In.ReadLine()!.Split(' ').Select(p => int.Parse(p, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        if (self == 0)
        {
            return listener.Accept();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        LoopbackPace.Disable(socket, IPAddress.Loopback);
        socket.Connect(new IPEndPoint(IPAddress.Loopback, ports[0]));
        return socket;
    }
}
