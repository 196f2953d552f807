using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Granary.Contracts;
using Granary.Grains.Channel;
using Granary.Grains.Exchange;
using Granary.Grains.ModelState;
using Granary.Jobs;
using Granary.Model.Training;

namespace Granary.Bench.Exchange;

/// <summary>What a step of one member came to.</summary>
/// <param name="Milliseconds">The median's.</param>
/// <param name="Bytes">That its sockets sent.</param>
/// <param name="BytesAgain">That TCP sent once more.</param>
/// <param name="Frames">That it sent.</param>
/// <param name="Microseconds">Of a processor's time that its thread had.</param>
internal sealed record StepFigures(double Milliseconds, double Bytes, double BytesAgain, double Frames, double Microseconds);

/// <summary>Steps of one member over a mesh that is there: one shard a member, plain gradient descent.</summary>
internal static partial class ExchangeSteps
{
    public static unsafe StepFigures Take(
        int self, int members, PeerMesh mesh, int weights, int steps, int warmUp, CancellationToken cancellation)
    {
        var layout = new ExchangeLayout(new BlockPlan(weights), new ShardPlan(members, members));
        ParameterShape[] shape = [new("w", [weights], Initialisation.Zero, 0, true)];
        var optimizer = OptimizerCatalogue.Create(new OptimizerSection { Kind = OptimizerKind.Sgd, LearningRate = 0.1 });
        var update = new BlockUpdate<float>(layout.Blocks, DecayRun.PerBlock(shape, layout.Blocks, false), optimizer);
        var batches = new BatchPlan([.. Enumerable.Repeat(1L, members)], members, warmUp + steps);
        using var exchange = new StepExchange<float>(layout, self, 1, mesh, batches, update, 0);
        using var store = new VersionStore<float>(shape, Precision.Float32, layout, self, optimizer.State.Count);
        using var gradient = new NativeVector<float>(weights);
        gradient.Span(0, weights).Fill(self + 1);
        var sums = new OwnSums<float>(parts: 1);
        sums.Publish(0, gradient.Data, 1, missing: 0);
        sums.Complete([new ShardRecord(self, 1, 1, 0.5, 1)]);
        var times = new double[steps];
        var before = default(Counted);
        for (var step = 0; step < warmUp + steps; step++)
        {
            if (step == warmUp)
            {
                before = Counted.Now(mesh);
            }

            var began = Stopwatch.GetTimestamp();
            _ = exchange.Run(step, 0, 1, sums, store.Current, store.Next, null, cancellation);
            store.Commit();
            if (step >= warmUp)
            {
                times[step - warmUp] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            }
        }

        var after = Counted.Now(mesh);
        Check(store.Current.Weights.Data, weights, members, warmUp + steps);
        Array.Sort(times);
        return new StepFigures(
            times[steps / 2], (double)(after.Sent - before.Sent) / steps, (double)(after.Again - before.Again) / steps,
            (double)(after.Frames - before.Frames) / steps, (after.Processor - before.Processor) / steps * 1e-3);
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

    /// <summary>What has been counted until now.</summary>
    private readonly record struct Counted(long Sent, long Again, long Frames, double Processor)
    {
        public static Counted Now(PeerMesh mesh)
        {
            var (sent, again) = SocketBytes(mesh);
            return new Counted(sent, again, mesh.Links.Sum(l => l.FramesSent), ThreadTime());
        }
    }

    // Nanoseconds of a processor that the calling thread has had.
    private static double ThreadTime()
    {
        const int OfThread = 3; // CLOCK_THREAD_CPUTIME_ID
        return GetTime(OfThread, out var time) == 0 ? (time.Seconds * 1e9) + time.Nanoseconds : throw new InvalidOperationException("The system does not count a thread's time.");
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpec time);

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
