using System.Net;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CsCheck;
using Granary.Contracts;
using Granary.Contracts.Certificates;
using Granary.Grains.Channel;
using Granary.Grains.Compute;
using Granary.Grains.Exchange;
using Granary.Grains.Faults;
using Granary.Grains.ModelState;
using Granary.Jobs;
using Granary.Model.Training;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Grains.Tests;

/// <summary>The exchange alone, over real sockets: made-up gradients in, weights out.</summary>
public class ExchangeTests
{
    private const int Shards = 7;

    // Uneven shards: one has a single example, so that it has none in most steps.
    private static readonly long[] Rows = [9, 1, 14, 6, 3, 20, 11];

    [Theory]
    [InlineData(100, 0)]
    [InlineData(100, 0.5)]
    [InlineData((3 * BlockPlan.BlockSize) + 100, 0)]
    [InlineData((3 * BlockPlan.BlockSize) + 100, 0.5)]
    public async Task Weights_are_the_same_bits_on_any_number_of_members(int weights, double clip)
    {
        var alone = await Train(1, weights, clip);
        foreach (var members in new[] { 2, 3, 5, 9 })
        {
            var together = await Train(members, weights, clip);
            Assert.All(together, w => Assert.Equal(alone[0], w));
        }
    }

    [Theory]
    [InlineData((3 * BlockPlan.BlockSize) + 100, 0)]
    [InlineData((5 * BlockPlan.BlockSize) + 100, 0.5)]
    public async Task Sums_that_become_final_bit_by_bit_make_the_same_weights(int weights, double clip)
    {
        var alone = await Train(1, weights, clip);
        foreach (var members in new[] { 1, 2, 3, 9 })
        {
            var together = await Train(members, weights, clip, growing: true);
            Assert.All(together, w => Assert.Equal(alone[0], w));
        }
    }

    [Fact]
    public async Task The_average_is_over_the_union_of_uneven_shards()
    {
        const int Weights = 50;
        var batches = new BatchPlan(Rows, 10, 1);
        var expected = new double[Weights];
        for (long step = 0; step < batches.Steps; step++)
        {
            var sum = new double[Weights];
            for (var v = 0; v < Shards; v++)
            {
                var (first, end) = batches.Rows(step, v);
                for (var i = 0; i < Weights; i++)
                {
                    for (var row = first; row < end; row++)
                    {
                        sum[i] += Gradient(step, v, row, i);
                    }
                }
            }

            for (var i = 0; i < Weights; i++)
            {
                expected[i] -= 0.1 * (sum[i] / batches.ExamplesOf(step));
            }
        }

        var found = (await Train(3, Weights, 0, steps: (int)batches.Steps))[0];
        for (var i = 0; i < Weights; i++)
        {
            Assert.Equal(expected[i], found[i], 1e-5);
        }
    }

    // Batches of all examples, so that every shard has one in every step.
    [Theory]
    [InlineData(100, 0)]
    [InlineData((3 * BlockPlan.BlockSize) + 100, 0)]
    [InlineData((3 * BlockPlan.BlockSize) + 100, 0.5)]
    public async Task The_bytes_that_inspect_tells_are_those_that_are_sent(int weights, double clip)
    {
        foreach (var members in new[] { 1, 2, 3, 5, 9 })
        {
            var sent = new long[members];
            await Train(members, weights, clip, steps: 3, batch: (int)Rows.Sum(), sent);
            Assert.Equal(
                Enumerable.Range(0, members).Select(m => 3 * (StepTraffic.BytesSent(new BlockPlan(weights), new ShardPlan(Shards, members), m, 4, clip > 0) + Records(m, members))),
                sent);
        }
    }

    // What every member tells every other of its shards.
    private static long Records(int member, int members)
    {
        var (first, end) = new ShardPlan(Shards, members).Of(member);
        return (members - 1L) * (end - first) * Unsafe.SizeOf<ShardRecord>();
    }

    private static double Gradient(long step, int shard, int row, int i) => Math.Sin((step * 31) + (shard * 17) + (row * 7) + i);

    private static async Task<float[][]> Train(int members, int weights, double clip, int steps = 6, int batch = 10, long[]? sent = null, bool growing = false, IBlockCodec? codec = null, ClusterCertificates? certificates = null)
    {
        var layout = new ExchangeLayout(new BlockPlan(weights), new ShardPlan(Shards, members));
        // Every other one as if on a host of its own: those that dial it do so over TCP, the rest over what a host has.
        var listeners = Enumerable.Range(0, members).Select(m =>
            new TensorListener(new IPEndPoint(IPAddress.Loopback, 0), "c", "p", NullLogger.Instance, tcpAlone: m % 2 == 0 || certificates is not null, codec: codec, certificates: certificates)).ToArray();
        var endpoints = listeners.Select(l => l.EndPoint).ToArray();
        using var time = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var meshes = await Task.WhenAll(Enumerable.Range(0, members).Select(m =>
            PeerMesh.Connect(listeners[m], new Handshake("c", "j", 1, m, 0, "p", codec?.Name), endpoints, new SiloFaults(TimeProvider.System), time.Token, codec, certificates)));
        var results = await Task.WhenAll(Enumerable.Range(0, members).Select(m => Task.Factory.StartNew(
            () => Member(layout, m, meshes[m], weights, clip, steps, batch, sent is null, growing, time.Token), TaskCreationOptions.LongRunning)));
        for (var m = 0; m < sent?.Length; m++)
        {
            sent[m] = meshes[m].Links.Sum(l => l.BytesSent);
        }

        Array.ForEach(meshes, m => m.Dispose());
        Array.ForEach(listeners, l => l.Dispose());
        return results;
    }

    private static unsafe float[] Member(ExchangeLayout layout, int self, PeerMesh mesh, int weights, double clip, int steps, int batch, bool keeps, bool growing, CancellationToken cancellation)
    {
        var kind = clip > 0 ? OptimizerKind.Adam : OptimizerKind.Sgd;
        var optimizer = OptimizerCatalogue.Create(new OptimizerSection { Kind = kind, LearningRate = 0.1 });
        var runs = DecayRun.PerBlock([new ParameterShape("w", [weights], Initialisation.Zero, 0, true)], layout.Blocks, false);
        ParameterShape[] shape = [new ParameterShape("w", [weights], Initialisation.Zero, 0, true)];
        var update = new BlockUpdate<float>(layout.Blocks, runs, optimizer);
        var batches = new BatchPlan(Rows, batch, 100);
        using var exchange = new StepExchange<float>(layout, self, 1, mesh, batches, update, clip);
        using var store = new VersionStore<float>(shape, Precision.Float32, layout, self, optimizer.State.Count);
        var (firstShard, endShard) = layout.Plan.Of(self);
        List<float> norms = [];
        for (long step = 0; step < steps; step++)
        {
            var made = new List<NativeVector<float>>();
            var tree = new TreeAccumulator<NativeVector<float>>(layout.Cover(self), n => layout.IsActive(n, batches, step));
            var whole = new List<TreeAccumulator<NativeVector<float>>.Sum>();
            foreach (var v in Enumerable.Range(firstShard, endShard - firstShard).Reverse())
            {
                var (first, end) = batches.Rows(step, v);
                if (end > first)
                {
                    var gradient = new NativeVector<float>(weights);
                    made.Add(gradient);
                    for (var i = 0; i < weights; i++)
                    {
                        for (var row = first; row < end; row++)
                        {
                            gradient.Data[i] += (float)Gradient(step, v, row, i);
                        }
                    }

                    if (tree.Complete(new TreeNode(0, v), gradient, end - first, (sum, term) => TensorPrimitives.Add(sum.Span(0, weights), term.Span(0, weights), sum.Span(0, weights))) is { } sum)
                    {
                        whole.Add(sum);
                    }
                }
            }

            var sums = new OwnSums<float>(layout.Cover(self).Count) { Changed = mesh.Wake };
            var records = Enumerable.Range(firstShard, endShard - firstShard).Select(v => (v, Rows: batches.Rows(step, v))).Where(r => r.Rows.End > r.Rows.First)
                .Select(r => new ShardRecord(r.v, r.Rows.End - r.Rows.First, r.Rows.End - r.Rows.First, r.v * 0.5, (ulong)(step + r.v))).ToArray();
            var replica = keeps && clip > 0 && layout.Plan.Members > 1 && step % 2 == 1 ? store.MakeReplica() : null;
            var at = step;
            ShardRecord[] Exchange() => exchange.Run(at, 0, 0.1, sums, store.Current, store.Next, replica, cancellation);
            var beside = growing ? Task.Factory.StartNew(Exchange, TaskCreationOptions.LongRunning) : null;
            if (growing)
            {
                Grow(whole, sums, layout.Blocks.Blocks, (int)(step * 10) + self);
            }

            whole.ForEach(s => sums.Publish(s.Part, s.Gradient.Data, s.Weight, missing: 0));
            sums.Complete(records);
            var all = beside?.GetAwaiter().GetResult() ?? Exchange();
            Assert.Equal(clip > 0, exchange.GradientNorm is not null);
            norms.AddRange(Bits(exchange.GradientNorm ?? 0));
            if (clip > 0 && layout.Plan.Members == 1) // the others must have the same bits
            {
                Assert.Equal(Norm(step, batches, weights), exchange.GradientNorm!.Value, 1e-5 * exchange.GradientNorm.Value);
            }

            Assert.Equal(batches.ExamplesOf(step), all.Sum(r => r.Examples)); // everybody hears of every shard
            Assert.Equal(all.Select(r => r.Shard).Order(), all.Select(r => r.Shard));
            store.Commit();
            made.ForEach(g => g.Dispose());
        }

        return [.. new ReadOnlySpan<float>(store.Current.Weights.Data, weights), .. norms];
    }

    // The norm of the whole batch's mean gradient.
    private static double Norm(long step, BatchPlan batches, int weights)
    {
        double squares = 0;
        for (var i = 0; i < weights; i++)
        {
            double sum = 0;
            for (var v = 0; v < Shards; v++)
            {
                var (first, end) = batches.Rows(step, v);
                for (var row = first; row < end; row++)
                {
                    sum += Gradient(step, v, row, i);
                }
            }

            squares += Math.Pow(sum / batches.ExamplesOf(step), 2);
        }

        return Math.Sqrt(squares);
    }

    // As numbers that a float32 holds exactly.
    private static IEnumerable<float> Bits(double value) =>
        new[] { 0, 22, 44 }.Select(shift => (float)((BitConverter.DoubleToUInt64Bits(value) >> shift) & 0x3fffff));

    [Fact]
    public async Task Sums_that_are_given_up_end_the_exchange_at_once()
    {
        const int Weights = (3 * BlockPlan.BlockSize) + 100;
        var layout = new ExchangeLayout(new BlockPlan(Weights), new ShardPlan(1, 1));
        ParameterShape[] shape = [new ParameterShape("w", [Weights], Initialisation.Zero, 0, true)];
        var optimizer = OptimizerCatalogue.Create(new OptimizerSection { LearningRate = 1 });
        using var mesh = new PeerMesh([]);
        Assert.True(mesh.TryMakeWakeable());
        using var exchange = new StepExchange<float>(
            layout, 0, 1, mesh, new BatchPlan([4], 4, 9), new BlockUpdate<float>(layout.Blocks, DecayRun.PerBlock(shape, layout.Blocks, false), optimizer), 0);
        using var store = new VersionStore<float>(shape, Precision.Float32, layout, 0, 0);
        using var gradient = new NativeVector<float>(Weights);
        using var time = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var sums = new OwnSums<float>(1) { Changed = mesh.Wake };
        Task<ShardRecord[]> Beside() => Task.Factory.StartNew(
            () => exchange.Run(0, 0, 1, sums, store.Current, store.Next, null, time.Token), TaskCreationOptions.LongRunning);

        gradient.Span(0, Weights).Fill(9);
        var givenUp = Beside();
        Publish(2);
        sums.Abandon();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);
        Assert.False(time.IsCancellationRequested);

        unsafe void Publish(int missing) => sums.Publish(0, gradient.Data, 4, missing);
    }

    // What is not final yet is not to be touched.
    private static unsafe void Grow(List<TreeAccumulator<NativeVector<float>>.Sum> whole, OwnSums<float> sums, int blocks, int seed)
    {
        var random = new Random(seed);
        foreach (var sum in whole)
        {
            var length = (int)sum.Gradient.Length;
            var kept = sum.Gradient.Span(0, length).ToArray();
            sum.Gradient.Span(0, length).Fill(float.NaN);
            for (var from = blocks - 1 - random.Next(blocks); from > 0; from -= 1 + random.Next(blocks))
            {
                kept.AsSpan(from * BlockPlan.BlockSize).CopyTo(sum.Gradient.Span(from * BlockPlan.BlockSize, length - (from * BlockPlan.BlockSize)));
                sums.Publish(sum.Part, sum.Gradient.Data, sum.Weight, from);
                if (random.Next(2) == 0)
                {
                    Thread.Yield();
                }
            }

            kept.CopyTo(sum.Gradient.Span(0, length));
        }
    }

    [Theory]
    [InlineData(100, 0, false)]
    [InlineData((3 * BlockPlan.BlockSize) + 100, 0.5, false)]
    [InlineData((5 * BlockPlan.BlockSize) + 100, 0, true)]
    public async Task A_codec_changes_no_bit(int weights, double clip, bool growing)
    {
        var alone = await Train(1, weights, clip);
        foreach (var members in new[] { 2, 3, 9 })
        {
            var together = await Train(members, weights, clip, growing: growing, codec: new ShortZeros());
            Assert.All(together, w => Assert.Equal(alone[0], w));
        }
    }

    [Theory]
    [InlineData(100, 0, false)]
    [InlineData((3 * BlockPlan.BlockSize) + 100, 0.5, false)]
    [InlineData((5 * BlockPlan.BlockSize) + 100, 0, true)]
    public async Task Encryption_changes_no_bit(int weights, double clip, bool growing)
    {
        using var folder = new TestCertificates();
        var certificates = folder.Open(folder.Issue("silo"));
        var alone = await Train(1, weights, clip);
        foreach (var members in new[] { 2, 3, 5 })
        {
            var together = await Train(members, weights, clip, growing: growing, certificates: certificates);
            Assert.All(together, w => Assert.Equal(alone[0], w));
        }
    }

    [Fact]
    public async Task A_stranger_on_the_port_is_turned_away()
    {
        using var listener = new TensorListener(new IPEndPoint(IPAddress.Loopback, 0), "c", "p", NullLogger.Instance);
        foreach (var handshake in new[] { new Handshake("other", "j", 1, 1, 0, "p"), new Handshake("c", "j", 1, 1, 0, "q"), new Handshake("c", "j", 1, 1, 0, "p", "other") })
        {
            using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
            await socket.ConnectAsync(listener.EndPoint);
            using var wire = new PlainWire(socket);
            var refusal = Assert.Throws<IOException>(() => handshake.Offer(wire, CancellationToken.None));
            Assert.StartsWith("this silo", refusal.Message);
        }

        using var rubbish = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        await rubbish.ConnectAsync(listener.EndPoint);
        await rubbish.SendAsync(new byte[4096]);
        var answer = new byte[16];
        var got = 0;
        try
        {
            got = await rubbish.ReceiveAsync(answer);
        }
        catch (System.Net.Sockets.SocketException)
        {
            // Reset instead of closed: it is turned away all the same.
        }

        Assert.Equal(0, got);
    }

    [Fact]
    public void A_program_adds_what_is_there() => Gen.Int[1, 40].SelectMany(w => Gen.Bool.Array[w].Select(b => (w, b))).Sample(t =>
    {
        var tree = new SumTree(t.w);
        var nodes = Enumerable.Range(0, t.w).Where(i => t.b[i]).Select(i => new TreeNode(0, i)).ToArray();
        var program = SumProgram.Build(tree, nodes);
        var stack = new Stack<double>();
        foreach (var op in program)
        {
            stack.Push(op == SumProgram.Add ? Reversed(stack.Pop(), stack.Pop()) : 1.0 / (nodes[op].Index + 3));
        }

        Assert.Equal(tree.Sum(i => t.b[i] ? 1.0 / (i + 3) : null), stack.Count == 0 ? null : stack.Single());
    });

    private static double Reversed(double right, double left) => left + right;
}
