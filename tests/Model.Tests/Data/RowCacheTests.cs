using System.Globalization;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Data.Cache;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Data;

public sealed class RowCacheTests : IDisposable
{
    private const int Rows = 300;

    private static readonly PassPlace Place = new(1, 0, 0, 0);

    private readonly DataFolder _folder = new();
    private readonly List<string> _trouble = [];

    public void Dispose() => _folder.Dispose();

    private ReadingMeans Means => new(null, new RowCache(_trouble.Add, least: 0));

    private string Folder => _folder[DataFiles.CacheFolder];

    private string[] Files => Directory.Exists(Folder) ? [.. Directory.GetFiles(Folder).Order(StringComparer.Ordinal)] : [];

    private static string Text(int seed) => "a,y,b\n" + string.Concat(Enumerable.Range(0, Rows).Select(i => string.Create(
        CultureInfo.InvariantCulture, $"{(i * 7919 % 1009) + seed}.{i % 10},c{i % 3},{(i % 11 == 0 ? "NA" : $"{i}e-2")}\n")));

    private static Job Job(string path, int shards = 2, bool cache = true, OptimizerKind optimizer = OptimizerKind.Sgd) => DataFolder.Job(
        new DataSection
        {
            Format = "csv",
            Path = path,
            Label = "y",
            Missing = MissingValues.Mean,
            Standardize = true,
            Shards = shards,
            Cache = cache,
            Validation = new() { Fraction = 0.2 },
        },
        new TrainingSection { Epochs = 2, Batch = 1, Seed = 5, Optimizer = new() { Kind = optimizer } });

    // Everything that training sees of the data, bit for bit.
    private static string Seen(Job job, ReadingMeans? means)
    {
        using var scope = NewDisposeScope();
        var (facts, _) = DataCheck.Run(job, 2, means);
        var all = new System.Text.StringBuilder().AppendJoin(' ', facts.Scaling!.Mean.Concat(facts.Scaling.Deviation).Concat(facts.Fill!).Select(Bits));
        for (var v = 0; v < job.Data.Shards; v++)
        {
            var data = ShardData.Read(job, v, means);
            using var examples = data.Prepare(facts);
            all.AppendLine().Append(data.Ledger(facts));
            foreach (var batch in new[] { examples.Training(0, 0, examples.TrainingRows), examples.Training(1, 3, 40), examples.Validation(0, examples.ValidationRows) })
            {
                all.AppendLine().AppendJoin(' ', batch.Inputs.data<double>().ToArray().Select(Bits))
                    .AppendLine().AppendJoin(' ', batch.Targets.data<long>().ToArray()).Append(' ').Append(batch.Digest);
            }
        }

        return all.ToString();
    }

    private static string Bits(double x) => BitConverter.DoubleToInt64Bits(x).ToString("x", CultureInfo.InvariantCulture);

    [Fact]
    public void What_stands_for_a_missing_value_belongs_to_the_rows_that_are_kept()
    {
        var job = Job(_folder.Write("d.csv", Text(1)), shards: 1);
        var plain = Seen(job, Means);
        var other = job with { Data = job.Data with { MissingSpellings = [.. job.Data.MissingSpellings, "0e-2", "200e-2"] } };
        var expected = Seen(other, null);
        Assert.NotEqual(plain, expected);
        Assert.Equal(expected, Seen(other, Means));
        Assert.Equal(2, Files.Length);
        Assert.Equal(plain, Seen(job, Means));
    }

    [Theory]
    [InlineData("d.csv", OptimizerKind.Sgd)]
    [InlineData("d.csv", OptimizerKind.Lbfgs)]
    [InlineData("d.csv.gz", OptimizerKind.Sgd)]
    public void No_cache_a_fresh_one_and_one_that_is_read_give_the_same_bits(string name, OptimizerKind optimizer)
    {
        var job = Job(_folder.Write(name, Text(1)), optimizer: optimizer);
        var plain = Seen(job, null);
        Assert.Empty(Files);
        Assert.Equal(plain, Seen(job, Means));
        Assert.Equal(2, Files.Length);
        var written = Files.Select(File.ReadAllBytes).ToArray();
        var times = Files.Select(File.GetLastWriteTimeUtc).ToArray();
        Assert.Equal(plain, Seen(job, Means));
        Assert.Equal(times, Files.Select(File.GetLastWriteTimeUtc));
        Assert.Equal(written, Files.Select(File.ReadAllBytes));
        Assert.Empty(_trouble);
    }

    [Theory]
    [InlineData("d.csv")]
    [InlineData("d.csv.gz")]
    public void A_source_that_was_changed_behind_its_size_and_time_is_read_anew(string name)
    {
        var job = Job(_folder.Write(name, Text(1)));
        var before = Seen(job, Means);
        var (time, size) = (File.GetLastWriteTimeUtc(job.Data.Path), new FileInfo(job.Data.Path).Length);
        var bytes = File.ReadAllBytes(_folder.Write("other" + name, Text(1).Replace("c0", "c1", StringComparison.Ordinal)));
        File.WriteAllBytes(job.Data.Path, name.EndsWith(".gz", StringComparison.Ordinal) ? [.. bytes, .. new byte[Math.Max(0, size - bytes.Length)]] : bytes);
        File.SetLastWriteTimeUtc(job.Data.Path, time);
        if (name == "d.csv")
        {
            Assert.Equal(size, new FileInfo(job.Data.Path).Length);
        }

        var plain = Seen(job, null);
        Assert.NotEqual(before, plain);
        Assert.Equal(plain, Seen(job, Means));
        Assert.Equal(2, Files.Length);
    }

    [Fact]
    public void Any_byte_that_is_damaged_is_noticed_and_the_file_written_again()
    {
        var job = Job(_folder.Write("d.csv", Text(1)), shards: 1);
        var plain = Seen(job, Means);
        var whole = File.ReadAllBytes(Files.Single());
        var used = Enumerable.Range(0, CacheHeader.Size).Concat(Enumerable.Range(CacheHeader.Body, whole.Length - CacheHeader.Body)).ToArray();
        foreach (var at in used.Where((_, i) => i < CacheHeader.Size || i % 97 == 0).Append(whole.Length - 1))
        {
            var damaged = whole.ToArray();
            damaged[at] ^= 0x10;
            File.WriteAllBytes(Files.Single(), damaged);
            CsvSource.Read(new SourcePart(job.Data.Path, null, 0, 1), job.Data, use: Means);
            Assert.True(whole.AsSpan().SequenceEqual(File.ReadAllBytes(Files.Single())), $"byte {at}");
        }

        foreach (var length in new[] { 0, 50, CacheHeader.Body, whole.Length - 1 })
        {
            File.WriteAllBytes(Files.Single(), whole[..length]);
            Assert.Equal(plain, Seen(job, Means));
            Assert.Equal(whole, File.ReadAllBytes(Files.Single()));
        }
    }

    [Fact]
    public void What_was_read_in_another_way_is_not_taken_for_it()
    {
        var job = Job(_folder.Write("d.csv", Text(1)));
        _ = Seen(job, Means);
        foreach (var other in new[]
        {
            job with { Data = job.Data with { Shards = 3 } },
            job with { Data = job.Data with { Ignore = ["a"] } },
            job with { Data = job.Data with { Label = "a", Ignore = ["y"], Target = LabelTarget.Classes } },
        })
        {
            var before = Files;
            Assert.Equal(Seen(other, null), Seen(other, Means));
            Assert.Equal(before.Length + other.Data.Shards, Files.Length);
        }

        // Even under its name.
        var refusing = job.Data with { Missing = MissingValues.Refuse };
        Assert.Throws<JobException>(() => CsvSource.Read(new SourcePart(job.Data.Path, null, 0, 2), refusing, use: Means));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_costs_the_cache_and_one_line()
    {
        var job = Job(_folder.Write("d.csv", Text(1)));
        File.WriteAllText(Folder, "in its place");
        var means = Means;
        Assert.Equal(Seen(job, null), Seen(job, means));
        Assert.StartsWith($"{Folder}: the rows cannot be kept for the next run: ", Assert.Single(_trouble));
    }

    [Fact]
    public void A_full_disk_in_the_middle_of_a_file_costs_the_cache_alone()
    {
        if (!File.Exists("/dev/full"))
        {
            Assert.Skip("no /dev/full");
        }

        using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        Assert.Throws<IOException>(() => new CacheWriter(full).Append([1, 2], [0]));
        var job = Job(_folder.Write("d.csv", Text(1)), shards: 1);
        var place = new CachePlace(Folder, "x.rows", 1, new CsvLines([], 1, () => 0, () => []), _trouble.Add);
        Assert.Null(place.Fill(2, _ => throw new IOException("No space left on device")));
        Assert.Equal("No space left on device", Assert.Single(_trouble));
        Assert.Empty(Files);
    }

    [Fact]
    public void Nothing_is_kept_of_data_that_is_wrong_small_or_not_to_be_cached()
    {
        var wrong = Job(_folder.Write("w.csv", Text(1) + "x,c1,2\n"));
        Assert.StartsWith($"w.csv:{Rows + 2}: column 'a' holds 'x'", Assert.Throws<JobException>(() => Seen(wrong, Means)).Message);
        Assert.DoesNotContain(Files, f => f.Contains(".1-of-2.", StringComparison.Ordinal) || f.EndsWith(".tmp", StringComparison.Ordinal));
        var before = Files;
        var job = Job(_folder.Write("d.csv", Text(1)));
        _ = Seen(job with { Data = job.Data with { Cache = false } }, Means);
        _ = Seen(job, new ReadingMeans(null, new RowCache(_trouble.Add)));
        Assert.Equal(before, Files);
    }

    [Fact]
    public void Many_readers_at_once_leave_one_whole_file_per_shard()
    {
        var job = Job(_folder.Write("d.csv", Text(1)));
        var plain = Seen(job, null);
        Parallel.For(0, 12, _ => Assert.Equal(plain, Seen(job, Means)));
        Assert.Equal(2, Files.Length);
        Assert.Equal(plain, Seen(job, Means));
        Assert.Empty(_trouble);
    }

    [Fact]
    public void What_killed_processes_left_is_swept_away()
    {
        Directory.CreateDirectory(Folder);
        string At(string name) => Path.Combine(Folder, name);
        var (old, fresh, others) = (At($"a.rows.{new string('1', 32)}.tmp"), At($"a.rows.{new string('2', 32)}.tmp"), At("mine.tmp"));
        Assert.All([old, fresh, others], f => File.WriteAllText(f, ""));
        Assert.All([old, others], f => File.SetLastWriteTimeUtc(f, DateTime.UtcNow.AddHours(-1)));
        _ = Seen(Job(_folder.Write("d.csv", Text(1))), Means);
        Assert.False(File.Exists(old));
        Assert.True(File.Exists(fresh));
        Assert.True(File.Exists(others));
    }

    [Fact]
    public void A_glob_does_not_lead_into_the_cache()
    {
        var path = _folder.Write("d.csv", Text(1));
        _ = Seen(Job(path), Means);
        Assert.NotEmpty(Files);
        Assert.Equal([path], DataFiles.Expand(_folder["**"]));
        Assert.Empty(DataFiles.Expand(_folder["*/*.rows"]));
    }

    [Fact]
    public void Rows_made_batch_by_batch_have_the_bits_of_resident_ones()
    {
        using var scope = NewDisposeScope();
        var job = Job(_folder.Write("d.csv", Text(1)), shards: 1);
        var (facts, _) = DataCheck.Run(job, 1);
        foreach (var precision in Enum.GetValues<Precision>())
        {
            var source = CsvSource.Read(new SourcePart(job.Data.Path, null, 0, 1), job.Data, use: Means);
            int[] order = [.. Enumerable.Range(0, Rows).Select(i => i * 7 % Rows)];
            int[][] asked = [order[..100], order, [5, 4, 299], [0]];
            IExampleTensors[] kinds =
            [
                new ResidentTensors(source, source.Numbers, precision, facts, null),
                new ResidentTensors(source, source.Numbers, precision, facts, order),
                new PassingTensors(source, source.Numbers, precision, facts),
            ];
            foreach (var rows in asked)
            {
                var batches = kinds.Select(k => k.Gather(rows, 0, Place)).ToArray();
                Assert.All(batches, b => Assert.True(b.Inputs.Equals(batches[0].Inputs) && b.Targets.Equals(batches[0].Targets)));
            }

            // By the formula, in plain arithmetic.
            var (x, own) = (kinds[0].Gather([17], 0, Place).Inputs.to(ScalarType.Float64).data<double>().ToArray(), new double[2]);
            source.Numbers.Read(17, own);
            Assert.Equal(own.Select((v, f) => facts.Scaling.Apply(v, f)).Select(v => precision == Precision.Float32 ? (float)v : v), x);
        }
    }

    [Fact]
    public void There_is_room_for_little_and_not_for_everything()
    {
        Assert.True(FreeMemory.HasRoomFor(1 << 20));
        Assert.False(FreeMemory.HasRoomFor(1L << 50));
    }
}
