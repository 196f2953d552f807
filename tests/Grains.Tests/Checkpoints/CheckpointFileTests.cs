using Granary.Contracts;
using Granary.Grains.Checkpoints;
using Granary.Grains.Exchange;

namespace Granary.Grains.Tests;

public sealed class CheckpointFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    private static readonly CheckpointHeader Header = new("job-1", 3, 42, 0, 2, 1000, 2, sizeof(float));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write()
    {
        var path = Path.Combine(_folder, "part.bin");
        var vectors = Enumerable.Range(0, 3).Select(v =>
        {
            var vector = new NativeVector<float>(1000);
            for (var i = 0; i < 1000; i++)
            {
                vector.Span(i, 1)[0] = (v * 1000) + i;
            }

            return vector;
        }).ToArray();
        using (var file = File.Create(path))
        {
            var (bytes, checksum) = CheckpointFile.Write(file, Header, vectors);
            Assert.Equal((file.Length, 32), (bytes, checksum.Length));
        }

        Array.ForEach(vectors, v => v.Dispose());
        return path;
    }

    [Fact]
    public unsafe void What_was_written_is_read()
    {
        var path = Write();
        using var state = new NativeVector<float>(1000);
        var read = CheckpointFile.Read(() => File.OpenRead(path), "part", Header with { Generation = 9 }, (_, vector) => vector == 2 ? (nint)state.Data : 0);
        Assert.Equal(3, read.Generation);
        Assert.Equal(Enumerable.Range(2000, 1000).Select(i => (float)i), state.Span(0, 1000).ToArray());
        var other = Assert.Throws<DamagedCheckpointException>(() => CheckpointFile.Read(() => File.OpenRead(path), "part", Header with { Step = 41 }, null));
        Assert.StartsWith("part: ", other.Message);
        Assert.Throws<DamagedCheckpointException>(() => CheckpointFile.Read(() => File.OpenRead(path + "x"), "part", Header, null));
    }

    // Neither where it is opened nor in the middle of it.
    [Fact]
    public void A_store_that_cannot_be_asked_damages_nothing()
    {
        var whole = File.ReadAllBytes(Write());
        foreach (var open in new Func<Stream>[] { () => throw new StoreUnavailableException("it is down"), () => new Breaking(whole, 700) })
        {
            var e = Assert.Throws<CheckpointUnavailableException>(() => CheckpointFile.Read(open, "part", Header, null));
            Assert.Equal("part: this checkpoint cannot be read now: it is down", e.Message);
        }

        Assert.Throws<DamagedCheckpointException>(() => CheckpointFile.Read(() => throw new IOException("it is gone"), "part", Header, null));
        using var given = new CancellationTokenSource();
        given.Cancel();
        Assert.Throws<OperationCanceledException>(() => CheckpointFile.Read(() => new MemoryStream(whole), "part", Header, null, given.Token));
    }

    private sealed class Breaking(byte[] whole, int at) : MemoryStream(whole)
    {
        public override int Read(byte[] buffer, int offset, int count) =>
            Position + count > at ? throw new StoreUnavailableException("it is down") : base.Read(buffer, offset, count);
    }

    // 100,000 damaged files: each is refused for what it is, and none makes the reader allocate what it claims.
    [Fact]
    public void A_damaged_part_is_refused_whatever_the_damage()
    {
        var whole = File.ReadAllBytes(Write());
        var path = Path.Combine(_folder, "damaged.bin");
        var random = new Random(5);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100_000; i++)
        {
            var bytes = (byte[])whole.Clone();
            switch (i % 4)
            {
                case 0: // bits flip, in the header more often than not
                    bytes[random.Next(i % 8 == 0 ? bytes.Length : 200)] ^= (byte)(1 << random.Next(8));
                    break;
                case 1: // cut off
                    bytes = bytes[..random.Next(bytes.Length)];
                    break;
                case 2: // a forged length
                    BitConverter.TryWriteBytes(bytes.AsSpan(8 + random.Next(40)), random.NextInt64());
                    break;
                default: // something else entirely
                    bytes = new byte[random.Next(300)];
                    random.NextBytes(bytes);
                    break;
            }

            if (bytes.AsSpan().SequenceEqual(whole))
            {
                continue;
            }

            Assert.Throws<DamagedCheckpointException>(() => CheckpointFile.Read(new MemoryStream(bytes), "part", Header, null));
        }

        File.Delete(path);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000L * 100_000); // no more than what is read, and messages
    }
}
