using System.Text;
using Granary.Grains.TensorBoard;

namespace Granary.Grains.Tests.TensorBoard;

/// <summary>The bytes of event files.</summary>
public sealed class RecordFormatTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch.AddSeconds(1.5);

    // The check value of RFC 3720 and its 32 bytes of zeros: the reader's own arithmetic, too, must be right.
    [Fact]
    public void The_readers_checksum_has_the_published_values()
    {
        Assert.Equal(0xe3069283u, EventReader.Crc32C("123456789"u8));
        Assert.Equal(0x8a9136aau, EventReader.Crc32C(new byte[32]));
    }

    // TensorFlow's own writer begins a file with these 24 bytes of data, but for the time: field 1, a double, field 3, 13 bytes.
    [Fact]
    public void A_file_begins_as_TensorFlow_begins_it()
    {
        var record = TensorBoardEvent.Version(At);
        Assert.Equal([24, 0, 0, 0, 0, 0, 0, 0, 0xa3, 0x7f, 0x4b, 0x22], record[..12]); // length and its checksum, as in every file that there is
        Assert.Equal([0x09, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0x1a, 13, .. Encoding.ASCII.GetBytes("brain.Event:2")], record[12..^4]);
    }

    [Fact]
    public void Another_reader_finds_what_was_written()
    {
        var histogram = new WeightHistogram();
        float[] weights = [-3, -0.5f, -1e-20f, 0, 0, 1e-20f, 0.25f, 7];
        Array.ForEach(weights, histogram.Add);
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.At("e"), [
            .. TensorBoardEvent.Version(At),
            .. TensorBoardEvent.Scalars(At, 1L << 40, [("a/b", 0.1), ("ü", double.NaN)]),
            .. TensorBoardEvent.Histograms(At, 300, [("w", histogram)])]);
        var events = EventReader.Read(folder.At("e"));
        Assert.Equal(3, events.Count);
        Assert.All(events, e => Assert.Equal(1.5, e.WallTime));
        Assert.Equal((1L << 40, 300L), (events[1].Step, events[2].Step));
        Assert.Equal([("a/b", 0.1f), ("ü", float.NaN)], events[1].Summary.Value.Select(v => (v.Tag, v.SimpleValue)));
        var found = Assert.Single(events[2].Summary.Value).Histo;
        Assert.Equal((-3.0, 7.0, 8.0), (found.Min, found.Max, found.Num));
        Assert.Equal(weights.Sum(w => (double)w), found.Sum, 1e-12);
        Assert.Equal(weights.Sum(w => (double)w * w), found.SumSquares, 1e-12);
        Assert.Equal(8, found.Bucket.Sum());
    }

    // Whatever part of a record a lost silo has left, nothing of it is taken; and no damage is.
    [Fact]
    public void A_torn_or_damaged_record_is_none()
    {
        var record = TensorBoardEvent.Scalars(At, 7, [("a", 1)]);
        Assert.True(RecordFormat.TryRead([.. record, 1, 2, 3], out var data, out var length));
        Assert.Equal(record.Length, length);
        Assert.Equal((7, EventKind.Scalars), TensorBoardEvent.Read(data));
        for (var i = 0; i < record.Length; i++)
        {
            Assert.False(RecordFormat.TryRead(record.AsSpan(0, i), out _, out _));
            byte[] damaged = [.. record];
            damaged[i] ^= 0x10;
            Assert.False(RecordFormat.TryRead(damaged, out _, out _));
        }
    }

    // A bucket holds what lies between the limit before it and its own.
    [Fact]
    public void Every_weight_is_in_the_bucket_that_its_limits_say()
    {
        var random = new Random(5);
        float[] weights =
        [
            .. Enumerable.Range(0, 20_000).Select(_ => (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-16, 39)))),
            0, -0f, 1, -1, 2, -2, float.Epsilon, -float.Epsilon, float.MaxValue, float.MinValue, MathF.Pow(2, -40), -MathF.Pow(2, -40),
        ];
        var histogram = new WeightHistogram();
        Array.ForEach(weights, histogram.Add);
        histogram.Add(float.NaN);
        histogram.Add(float.NegativeInfinity);
        var (limits, counts) = histogram.Buckets();
        Assert.Equal(weights.Length, histogram.Count);
        Assert.Equal(limits.Order(), limits);
        Assert.Equal(limits.Count, limits.Distinct().Count());
        var below = double.NegativeInfinity;
        foreach (var (limit, count) in limits.Zip(counts))
        {
            Assert.Equal(weights.Count(w => w >= below && w < limit), count);
            below = limit;
        }

        Assert.Equal(weights.Length, counts.Sum());
    }
}
