using Granary.Contracts;
using Granary.Grains.Channel;
using Granary.Grains.Exchange;
using Granary.Jobs;

namespace Granary.Grains.Tests;

public sealed class CodecTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_registered_codec_carries_a_job_s_blocks_and_changes_no_bit()
    {
        var job = SmallCluster.Blobs(_folder, model: new ModelSection { Kind = "mlp", Hidden = [200, 200] }); // several blocks
        JobStatus plain, encoded;
        await using (var cluster = await GranaryCluster.Deploy(2, Path.Combine(_folder, "plain")))
        {
            plain = await cluster.Run(job);
        }

        await using (var cluster = await GranaryCluster.Deploy(2, Path.Combine(_folder, "encoded"), extend: silo => silo.AddCodec<Counted>()))
        {
            encoded = await cluster.Run(job);
        }

        Assert.True(Counted.Blocks > 2 * encoded.Steps);
        Assert.Equal(plain.Result!.WeightsSha256, encoded.Result!.WeightsSha256);
    }

    [Fact]
    public async Task Silos_with_different_codecs_are_named_at_once()
    {
        var silos = 0;
        await using var cluster = await GranaryCluster.Deploy(2, _folder, extend: silo =>
        {
            if (Interlocked.Increment(ref silos) == 2)
            {
                silo.AddCodec<ShortZeros>();
            }
        });
        var status = await cluster.Run(SmallCluster.Blobs(_folder));
        Assert.Equal(JobState.Failed, status.State);
        Assert.Matches("silo Silo_[01] has the wire codec (identity, and silo Silo_[01] has short-zeros|short-zeros, and silo Silo_[01] has identity)", status.Failure);
    }

    [Fact]
    public unsafe void What_a_codec_cannot_decode_loses_the_peer()
    {
        var layout = new ExchangeLayout(new BlockPlan(3 * BlockPlan.BlockSize), new ShardPlan(4, 2));
        using var mesh = new PeerMesh([], new ShortZeros());
        var pass = new ExchangePass<float>(layout, 0, 1);
        using var wire = new BlockWire<float>(pass, mesh);
        using var target = new NativeVector<float>(BlockPlan.BlockSize);
        target.Span(0, BlockPlan.BlockSize).Fill(1);

        var header = new FrameHeader { Kind = FrameKind.Weights, Block = 2, Length = 2 };
        Assert.True(wire.Fits(header, 2, 3));
        Assert.False(wire.Fits(header, 0, 2));
        Assert.False(wire.Fits(header with { Length = 0 }, 2, 3));
        Assert.False(wire.Fits(header with { Length = (8 * BlockPlan.BlockSize) + 1 }, 2, 3));

        var place = (byte*)wire.Place(1, target.Data);
        (place[0], place[1]) = (byte.MaxValue, 9); // nine zeros, and nothing after them
        var lost = Assert.Throws<ChannelException>(() => wire.Arrived(1, header));
        Assert.Equal(1, lost.Peer);
        Assert.Equal("it sent 2 bytes that codec short-zeros cannot decode (block 2)", lost.Message);
    }

    [Fact]
    public unsafe void With_the_identity_blocks_are_received_where_they_belong()
    {
        var layout = new ExchangeLayout(new BlockPlan(3 * BlockPlan.BlockSize), new ShardPlan(4, 2));
        using var mesh = new PeerMesh([]);
        using var wire = new BlockWire<float>(new ExchangePass<float>(layout, 0, 1), mesh);
        using var target = new NativeVector<float>(BlockPlan.BlockSize);

        Assert.Equal((nint)target.Data, wire.Place(1, target.Data));
        Assert.True(wire.Fits(new FrameHeader { Block = 2, Length = 4 * BlockPlan.BlockSize }, 2, 3));
        Assert.False(wire.Fits(new FrameHeader { Block = 2, Length = (4 * BlockPlan.BlockSize) - 4 }, 2, 3));
    }

    private sealed class Counted : IBlockCodec
    {
        private static long _blocks;

        private readonly ShortZeros _inner = new();

        public static long Blocks => Volatile.Read(ref _blocks);

        public string Name => "counted";

        public int MostBytes(int numbers, int size) => _inner.MostBytes(numbers, size);

        public int Encode(ReadOnlySpan<byte> block, int size, Span<byte> encoded)
        {
            Interlocked.Increment(ref _blocks);
            return _inner.Encode(block, size, encoded);
        }

        public bool TryDecode(ReadOnlySpan<byte> encoded, int size, Span<byte> block) => _inner.TryDecode(encoded, size, block);
    }
}
