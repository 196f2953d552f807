using System.Buffers.Binary;
using Granary.Jobs;
using Granary.Model.Data;

namespace Granary.Model.Tests.Data;

/// <summary>Sources of more than 2 GB. The files have holes: they take no room on a disk.</summary>
public sealed class LargeFileTests : IDisposable
{
    private const int Side = 1024;
    private const int Count = 5000; // 5 GB of pixels: more than 32 bits can number

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Idx(string name, int magic, int[] sizes, (long At, byte Value)[] bytes)
    {
        using var file = File.Create(_folder[name]);
        Span<byte> number = stackalloc byte[4];
        foreach (var head in (int[])[magic, .. sizes])
        {
            BinaryPrimitives.WriteInt32BigEndian(number, head);
            file.Write(number);
        }

        var start = file.Position;
        file.SetLength(start + sizes.Aggregate(1L, (product, size) => product * size));
        foreach (var (at, value) in bytes)
        {
            file.Position = start + at;
            file.WriteByte(value);
        }

        return file.Name;
    }

    private (string Images, string Labels) Images() => (
        Idx("images", 0x803, [Count, Side, Side], [(((long)Count - 1) * Side * Side, 51), (((long)Count * Side * Side) - 1, 255)]),
        Idx("labels", 0x801, [Count], [(Count - 1, 7)]));

    [Fact]
    public void A_shard_far_behind_2_GB_reads_its_own_images()
    {
        var (images, labels) = Images();
        var last = IdxSource.Read(new SourcePart(images, labels, Count - 1, Count));
        Assert.Equal(1, last.Rows);
        Assert.Equal("7", last.Label(0));
        var mean = last.Moments([0], Side * Side).Mean;
        Assert.Equal((51 / 255.0, 0, 1), (mean[0], mean[1], mean[^1]));
    }

    [Fact]
    public void A_shard_of_more_than_one_array_says_how_many_shards_are_enough()
    {
        var (images, labels) = Images();
        var data = new DataSection { Format = "idx", Path = images, Labels = labels, Shards = 2 };
        Assert.Equal(
            "images: shard 0 of 2 would hold 2,621,440,000 bytes of pixels, but one shard can hold 2,147,483,591. Set data.shards to 3 or more.",
            DataFolder.Error(data));
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("libsvm")]
    [InlineData("text")]
    public void So_do_lines_and_texts(string format)
    {
        var path = _folder.Write("large", "a,y\n1,p\n");
        using (var file = File.OpenWrite(path))
        {
            file.SetLength(3_000_000_000);
        }

        var data = new DataSection { Format = format, Path = path, Label = format == "csv" ? "y" : null, Shards = 1 };
        Assert.Matches("^large: shard 0 of 1 would hold [23],[0-9,]+ bytes, but one shard can hold 2,147,483,591. Set data.shards to 2 or more.$", DataFolder.Error(data));
    }

    // With a limit of its own, for to unpack gigabytes takes long.
    [Fact]
    public void Dealt_lines_name_a_number_of_shards_that_is_enough_for_the_whole_of_every_file()
    {
        const int Limit = 1000;
        string[] files = [.. new[] { 100, 3000, 2000 }.Select((lines, f) => _folder.Write($"{f}.csv.gz", "a,y\n" + string.Concat(Enumerable.Range(0, lines).Select(i => $"{new string('1', 1 + (i % 5))},p\n"))))];
        ShardLines Read(int shards, int shard) => RoundRobinSplit.Read(new SourcePart(_folder["*.csv.gz"], null, shard, shards), files, true, CsvLineRows.Of(','), Limit);
        foreach (var (shards, shard) in new[] { (1, 0), (3, 2), (11, 7) })
        {
            var message = Assert.Throws<JobException>(() => Read(shards, shard)).Message;
            var enough = int.Parse(message.Split("Set data.shards to ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
            Assert.InRange(enough, 18, 21); // 3000 lines of 6 bytes
            Assert.All(Enumerable.Range(0, enough), v => Read(enough, v));
        }
    }

    [Theory]
    [InlineData("shard 0 of 1 would hold 17 numbers, but one shard can hold 6. Set data.shards to 6:", 1, 6, "2 3 1 4 2 5")]
    [InlineData("shard 0 of 3 would hold 12 numbers, but one shard can hold 6. Set data.shards to 6:", 3, 6, "3 3 3 3 3 3 3 3 3 3 3 3")]
    [InlineData("shard 1 of 2 would hold 9 numbers, but one shard can hold 8. No number of shards is enough", 2, 8, "1 9")]
    public void Row_groups_name_a_number_of_shards_that_is_enough(string message, int shards, long most, string numbers) => Assert.StartsWith(
        $"x.parquet: {message}",
        Assert.Throws<JobException>(() =>
        {
            foreach (var v in Enumerable.Range(0, shards))
            {
                RowGroupRuns.Check(new SourcePart("/x.parquet", null, v, shards), [.. numbers.Split(' ').Select(long.Parse)], most);
            }
        }).Message);
}
