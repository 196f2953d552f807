using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using CsCheck;
using Granary.Jobs;
using Granary.Model.Data;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Data;

public sealed class ShardDataTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static Job Job(DataSection data, int context = 4) => new(
        1,
        "j",
        new ModelSection { Kind = data.Format == "text" ? "transformer" : "softmax", Context = context },
        data,
        new TrainingSection { Epochs = 2, Batch = 1, Seed = 5 });

    private static Job Csv(string path, int shards = 1, bool standardize = false, double fraction = 0) => Job(new DataSection
    {
        Format = "csv",
        Path = path,
        Label = "y",
        Shards = shards,
        Standardize = standardize,
        Validation = new() { Fraction = fraction },
    });

    [Theory]
    [InlineData("a,y\n1,p\n2\n3,q\n", "d.csv:3: 1 cells, but the header has 2.")]
    [InlineData("a,y\n1,p\n2,q,4\n", "d.csv:3: 3 cells, but the header has 2.")]
    [InlineData("a,y\n1,p\n\nabc,q\n", "d.csv:4: column 'a' holds 'abc', which is not a number. If the column is no feature, name it in data.ignore; if it holds categories or texts, describe it in data.columns; if 'abc' stands for a missing value, set data.missingValues to the usual list with abc added: [\"#N/A\", ")]
    [InlineData("a,y\n1,p\nNaN,q\n", "d.csv:3: column 'a' holds 'NaN': fill it in, leave the row out, or set data.missing to mean.")]
    [InlineData("a,y\n1,p\n-Infinity,q\n", "d.csv:3: column 'a' holds '-Infinity'")]
    [InlineData("a,y\n1,p\n,q\n", "d.csv:3: column 'a' is empty")]
    [InlineData("a,y\n1,\n2,q\n", "d.csv:2: column 'y' is empty: every row needs a label")]
    [InlineData("a,b\n1,p\n", "d.csv:1: there is no column 'y' (data.label). The columns are: a, b.")]
    [InlineData("a,a,y\n1,2,p\n", "d.csv:1: the column 'a' is there twice.")]
    [InlineData("a,y\n1,\"p\nq\"\n2,r\n", "d.csv:2: a quoted cell goes on over the end of the line.")]
    [InlineData("a,y\n", "there is nothing to train on")]
    [InlineData("a,y\n1,p\n2,p\n", "every label is 'p'")]
    public void Bad_csv_names_file_and_line(string text, string message)
    {
        var path = Write("d.csv", text);
        Assert.Contains(message, Assert.Throws<JobException>(() => DataCheck.Run(Csv(path), 2)).Message);
    }

    [Fact]
    public void A_late_shard_still_counts_lines_from_the_top()
    {
        var rows = string.Concat(Enumerable.Range(0, 50).Select(i => i == 44 ? "x,p\n" : $"{i},{(i % 2 == 0 ? "p" : "q")}\n"));
        var path = Write("d.csv", "a,y\n" + rows);
        Assert.StartsWith("d.csv:46: column 'a' holds 'x'", Assert.Throws<JobException>(() => DataCheck.Run(Csv(path, shards: 4), 2)).Message);
    }

    [Fact]
    public void Shards_together_read_every_row_once() => Gen.Select(Gen.Int[2, 60], Gen.Int[1, 9], Gen.Bool, Gen.Bool).Sample((rows, shards, crlf, last) =>
    {
        var end = crlf ? "\r\n" : "\n";
        var text = "a,y" + end + string.Join(end, Enumerable.Range(0, rows).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i * i},c{i % 3}")));
        var path = Path.Combine(_folder, $"{rows}-{shards}-{crlf}-{last}.csv");
        File.WriteAllText(path, text + (last ? end : ""));
        var seen = Enumerable.Range(0, shards).Select(v => CsvSource.Read(new SourcePart(path, null, v, shards), Csv(path).Data))
            .SelectMany(s => Enumerable.Range(0, s.Rows).Select(r => First(s.Numbers, r)));
        Assert.Equal(Enumerable.Range(0, rows).Select(i => (double)i * i), seen);
    }, iter: 40);

    private static double First(IDenseRows rows, int row)
    {
        var numbers = new double[rows.Features];
        rows.Read(row, numbers);
        return numbers[0];
    }

    [Fact]
    public void An_epoch_is_a_fresh_permutation_with_every_row_once()
    {
        var path = Write("d.csv", "a,y\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i},c{i % 2}\n")));
        var job = Csv(path, shards: 2, fraction: 0.25);
        var (facts, _) = DataCheck.Run(job, 1);
        using var examples = ShardData.Read(job, 1).Prepare(facts);
        var epochs = Enumerable.Range(0, 3).Select(e => Values(examples.Training(e, 0, examples.TrainingRows))).ToArray();
        var held = Values(examples.Validation(0, examples.ValidationRows));
        Assert.Equal(5, held.Length);
        Assert.NotEqual(epochs[0], epochs[1]);
        Assert.Equal(epochs[0], Values(examples.Training(0, 0, examples.TrainingRows)));
        Assert.All(epochs, e => Assert.Equal(e.Concat(held).Order(), Values(0, 40).Where(x => x >= epochs[0].Concat(held).Min())));
        var digests = Enumerable.Range(0, 3).Select(e =>
            Enumerable.Range(0, examples.TrainingRows).Aggregate(0UL, (sum, r) => sum + examples.Training(e, r, r + 1).Digest)).ToArray();
        Assert.All(digests, d => Assert.Equal(digests[0], d));
    }

    private static double[] Values(int from, int to) => [.. Enumerable.Range(from, to - from).Select(i => (double)i)];

    private static double[] Values(Batch batch)
    {
        using var scope = NewDisposeScope();
        return [.. batch.Inputs.to(ScalarType.Float64).flatten().data<double>().ToArray()];
    }

    [Fact]
    public void Standardised_training_rows_have_mean_zero_and_deviation_one()
    {
        var path = Write("d.csv", "a,k,y\n" + string.Concat(Enumerable.Range(0, 31).Select(i => $"{i * i},7,c{i % 2}\n")));
        var job = Csv(path, shards: 3, standardize: true, fraction: 0.2);
        var (facts, _) = DataCheck.Run(job, 2);
        var rows = Enumerable.Range(0, 3).SelectMany(v =>
        {
            using var examples = ShardData.Read(job, v).Prepare(facts);
            return Values(examples.Training(0, 0, examples.TrainingRows)).Chunk(2).ToArray();
        }).ToArray();
        Assert.Equal(25, rows.Length);
        Assert.Equal(0, rows.Average(r => r[0]), 1e-6);
        Assert.Equal(1, rows.Average(r => r[0] * r[0]), 1e-6);
        Assert.All(rows, r => Assert.Equal(0, r[1]));
    }

    [Fact]
    public void Windows_of_a_text_predict_the_next_token()
    {
        var text = "the quick brown fox jumps over the lazy dog; été, naïve, 東京.";
        var path = Write("t.txt", text);
        var job = Job(new DataSection { Format = "text", Path = path, Shards = 1 }, context: 8);
        var (facts, _) = DataCheck.Run(job, 1);
        using var examples = ShardData.Read(job, 0).Prepare(facts);
        Assert.Equal((text.Length - 1) / 8, examples.TrainingRows);
        var whole = Enumerable.Range(0, examples.TrainingRows).Select(r => examples.Training(0, r, r + 1)).Select(b =>
            (In: Decode(b.Inputs, facts), Out: Decode(b.Targets, facts))).ToArray();
        Assert.All(whole, w => Assert.Equal(w.In[1..], w.Out[..^1]));
        Assert.Equal(
            Enumerable.Range(0, examples.TrainingRows).Select(i => text.Substring(i * 8, 8)).Order(StringComparer.Ordinal),
            whole.Select(w => w.In).Order(StringComparer.Ordinal));
    }

    private static string Decode(Tensor tokens, DataFacts facts) => string.Concat(tokens.data<long>().ToArray().Select(t => facts.Classes[(int)t]));

    [Fact]
    public void Text_is_cut_between_characters()
    {
        var text = string.Concat(Enumerable.Repeat("aé東🦀", 20));
        var path = Write("t.txt", text);
        for (var shards = 1; shards < 12; shards++)
        {
            var found = Enumerable.Range(0, shards).SelectMany(v => TextSource.Read(new SourcePart(path, null, v, shards), TokenKind.Char, 1).Classes);
            Assert.Equal(["a", "é", "東", "🦀"], found.Distinct().OrderBy(c => c.EnumerateRunes().First().Value));
        }
    }

    [Fact]
    public void Bad_text_names_the_byte()
    {
        var path = Path.Combine(_folder, "t.txt");
        File.WriteAllBytes(path, [65, 66, 0xff, 67]);
        var job = Job(new DataSection { Format = "text", Path = path, Shards = 1 });
        Assert.Contains("t.txt: the byte at offset 2 (0xff)", Assert.Throws<JobException>(() => DataCheck.Run(job, 1)).Message);
        File.WriteAllBytes(path, []);
        Assert.Contains("the text is empty", Assert.Throws<JobException>(() => DataCheck.Run(job, 1)).Message);
    }

    private string Idx(string name, int magic, int count, byte[] data, bool gzip)
    {
        var header = new byte[magic == 0x803 ? 16 : 8];
        BinaryPrimitives.WriteInt32BigEndian(header, magic);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), count);
        if (magic == 0x803)
        {
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(8), 2);
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(12), 2);
        }

        var path = Path.Combine(_folder, name);
        using Stream file = gzip ? new GZipStream(File.Create(path), CompressionLevel.Fastest) : File.Create(path);
        file.Write([.. header, .. data]);
        return path;
    }

    private Job IdxJob(string images, string labels, int shards = 3) => Job(new DataSection
    {
        Format = "idx",
        Path = images,
        Labels = labels,
        Shards = shards,
    });

    [Fact]
    public void Gzipped_and_plain_idx_are_the_same()
    {
        byte[] pixels = [.. Enumerable.Range(0, 40).Select(i => (byte)(i * 6))], classes = [.. Enumerable.Range(0, 10).Select(i => (byte)(i % 3))];
        var jobs = new[] { false, true }.Select(zip => IdxJob(Idx($"i{zip}", 0x803, 10, pixels, zip), Idx($"l{zip}", 0x801, 10, classes, zip))).ToArray();
        var values = jobs.Select(job =>
        {
            var (facts, _) = DataCheck.Run(job, 2);
            return Enumerable.Range(0, 3).SelectMany(v =>
            {
                using var examples = ShardData.Read(job, v).Prepare(facts);
                return Values(examples.Training(0, 0, examples.TrainingRows));
            }).ToArray();
        }).ToArray();
        Assert.Equal(values[0], values[1]);
        Assert.Equal(pixels.Select(p => (double)(float)(p / 255.0)).Order(), values[0].Order());
    }

    [Fact]
    public void Bad_idx_is_told_apart()
    {
        byte[] pixels = new byte[40], classes = [.. Enumerable.Range(0, 10).Select(i => (byte)(i % 3))];
        var (images, labels) = (Idx("i", 0x803, 10, pixels, false), Idx("l", 0x801, 10, classes, false));
        string Error(string i, string l) => Assert.Throws<JobException>(() => DataCheck.Run(IdxJob(i, l), 1)).Message;
        Assert.Contains("swapped?", Error(labels, images));
        Assert.Contains("i has 10 images, but l9 has 9 labels", Error(images, Idx("l9", 0x801, 9, classes[..9], false)));
        Assert.Contains("its header promises 10 records of 4 bytes, but only 9 are there", Error(Idx("cut", 0x803, 10, pixels[..39], false), labels));
        Assert.Contains("is cut off", Error(Idx("cutz", 0x803, 10, pixels[..39], true), labels));
        var whole = File.ReadAllBytes(Idx("z", 0x803, 10, pixels, true));
        File.WriteAllBytes(Path.Combine(_folder, "cutend"), whole[..^3]); // every pixel, and part of the checksum
        Assert.Contains("cutend: its gzip data is damaged", Error(Path.Combine(_folder, "cutend"), labels));
        Assert.Contains("it is no IDX file", Error(Write("x", "hello, this is no idx"), labels));
    }

    [Fact]
    public void Held_out_images_of_another_size_are_refused_though_they_have_as_many_pixels()
    {
        byte[] classes = [0, 1, 0, 1];
        var wide = new byte[16 + (4 * 4)];
        BinaryPrimitives.WriteInt32BigEndian(wide, 0x803);
        BinaryPrimitives.WriteInt32BigEndian(wide.AsSpan(4), 4);
        BinaryPrimitives.WriteInt32BigEndian(wide.AsSpan(8), 1);
        BinaryPrimitives.WriteInt32BigEndian(wide.AsSpan(12), 4);
        File.WriteAllBytes(Path.Combine(_folder, "wide"), wide);
        var job = IdxJob(Idx("i", 0x803, 4, new byte[16], false), Idx("l", 0x801, 4, classes, false), shards: 1);
        string Error(string images, string labels) => Assert.Throws<JobException>(() => DataCheck.Run(
            job with { Data = job.Data with { Validation = new() { Path = images, Labels = labels } } }, 1)).Message;
        Assert.Equal("wide: its images have 1 x 4 pixels, those of i have 2 x 2. Held-out images need the size that is trained on.",
            Error(Path.Combine(_folder, "wide"), job.Data.Labels!));
        Assert.Equal("l9: 1 row has the label 9, which i does not have (it has 0 and 1): leave this row out, or add rows of class 9 to i.", Error(job.Data.Path, Idx("l9", 0x801, 4, [0, 1, 9, 0], false)));
    }
}
