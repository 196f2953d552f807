using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Granary.Contracts;
using Granary.Grains.Channel;
using Granary.Grains.Exchange;
using Granary.Grains.Faults;
using Granary.Grains.Versions;
using Granary.Jobs;
using Granary.Model.Training;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Bench.Exchange;

/// <summary>
/// One worker of the product's exchange in a process of its own, without a cluster around it: its listener and mesh, its layout and
/// update, with checksums, generations and records as in a job. One shard a member, plain gradient descent.
/// Prints its port, reads everybody's, and prints the median milliseconds of a step for every vector, the bytes that its sockets
/// sent in one step, and those that TCP sent once more.
/// </summary>
internal static class ExchangeMember
{
    /// <param name="self">Its place.</param>
    /// <param name="members">Workers in all.</param>
    /// <param name="tcpAlone">Over TCP, as between hosts; else over what processes of one host use.</param>
    /// <param name="works">What to exchange, one after the other.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task Run(
        int self, int members, bool tcpAlone, IReadOnlyList<(int Weights, int Steps, int WarmUp)> works, CancellationToken cancellation)
    {
        using var listener = new TensorListener(new IPEndPoint(IPAddress.Loopback, 0), "bench", "bench", NullLogger.Instance, tcpAlone);
        Console.Out.WriteLine(listener.EndPoint.Port);
        var ports = Console.In.ReadLine() ?? throw new InvalidOperationException("Nobody said which ports the members have.");
        var endpoints = ports.Split(' ').Select(p => new IPEndPoint(IPAddress.Loopback, int.Parse(p, System.Globalization.CultureInfo.InvariantCulture))).ToArray();
        using var mesh = await PeerMesh.Connect(listener, new Handshake("bench", "bench", 1, self, 0, "bench"), endpoints, new SiloFaults(TimeProvider.System), cancellation);
        var figures = new Dictionary<string, double>();
        var measuring = new Thread(() =>
        {
            foreach (var (weights, steps, warmUp) in works)
            {
                var (milliseconds, bytes, again) = Measure(self, members, mesh, weights, steps, warmUp, cancellation);
                figures.Add(Name(weights, "ms"), milliseconds);
                figures.Add(Name(weights, "bytes"), bytes);
                figures.Add(Name(weights, "bytes again"), again);
            }
        });
        measuring.Start();
        measuring.Join();
        Console.Out.WriteLine(JsonSerializer.Serialize(figures));
    }

    /// <summary>Name of a figure.</summary>
    public static string Name(int weights, string what) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{weights} {what}");

    private static unsafe (double Milliseconds, double Bytes, double Again) Measure(
        int self, int members, PeerMesh mesh, int weights, int steps, int warmUp, CancellationToken cancellation)
    {
        var layout = new ExchangeLayout(new BlockPlan(weights), new ShardPlan(members, members));
        ParameterShape[] shape = [new("w", [weights], Initialisation.Zero, 0, true)];
        var optimizer = OptimizerCatalogue.Create(new OptimizerSection { Kind = OptimizerKind.Sgd, LearningRate = 0.1 });
        var update = new BlockUpdate<float>(layout.Blocks, DecayRun.PerBlock(shape, layout.Blocks, false), optimizer);
        var batches = new BatchPlan([.. Enumerable.Repeat(1L, members)], members, warmUp + steps);
        using var exchange = new StepExchange<float>(layout, self, 1, mesh, batches, update, 0);
        using var vault = new JobVault<float>(shape, Precision.Float32, layout, self, optimizer.State.Count);
        using var gradient = new NativeVector<float>(weights);
        gradient.Span(0, weights).Fill(self + 1);
        var sums = new OwnSums<float>(parts: 1);
        sums.Publish(0, gradient.Data, 1, missing: 0);
        sums.Complete([new ShardRecord(self, 1, 1, 0.5, 1)]);
        var times = new double[steps];
        var before = (Sent: 0L, Again: 0L);
        for (var step = 0; step < warmUp + steps; step++)
        {
            if (step == warmUp)
            {
                before = SocketBytes(mesh);
            }

            var began = Stopwatch.GetTimestamp();
            _ = exchange.Run(step, 0, 1, sums, vault.Current, vault.Next, null, cancellation);
            vault.Commit();
            if (step >= warmUp)
            {
                times[step - warmUp] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            }
        }

        var after = SocketBytes(mesh);
        Check(vault.Current.Weights.Data, weights, members, warmUp + steps);
        Array.Sort(times);
        return (times[steps / 2], (double)(after.Sent - before.Sent) / steps, (double)(after.Again - before.Again) / steps);
    }

    // The gradients are 1, 2, ... members, so that every step takes their mean off every weight.
    private static unsafe void Check(void* data, int weights, int members, int steps)
    {
        var expected = -steps * (members + 1) / 2.0;
        foreach (var w in new ReadOnlySpan<float>(data, weights))
        {
            if (Math.Abs(w - expected) > 1e-3 * Math.Abs(expected))
            {
                throw new InvalidOperationException($"The exchange went wrong: a weight is {w} and should be {expected}.");
            }
        }
    }

    // What the kernel counts: payloads and headers once, and what it has sent once more, for no acknowledgement came in time. It counts
    // nothing for Unix sockets.
    private static (long Sent, long Again) SocketBytes(PeerMesh mesh)
    {
        const int Tcp = 6, TcpInfo = 11, SentAt = 200, AgainAt = 208; // struct tcp_info, linux/tcp.h
        Span<byte> info = stackalloc byte[512];
        var (sent, again) = (0L, 0L);
        foreach (var link in mesh.Links.Where(l => l.Socket.AddressFamily != AddressFamily.Unix))
        {
            if (link.Socket.GetRawSocketOption(Tcp, TcpInfo, info) < AgainAt + sizeof(long))
            {
                throw new InvalidOperationException("This kernel does not count the bytes of a socket (4.19 does).");
            }

            var resent = MemoryMarshal.Read<long>(info[AgainAt..]);
            (sent, again) = (sent + MemoryMarshal.Read<long>(info[SentAt..]) - resent, again + resent);
        }

        return (sent, again);
    }
}
