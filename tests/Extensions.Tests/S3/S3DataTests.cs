using System.Text;
using System.Text.Json;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Silo.Storage.S3;
using Granary.Tests.Support;
using Parquet;
using Parquet.Schema;

namespace Granary.Extensions.Tests.S3;

/// <summary>Data on S3 is read as the same data in files is, part by part, and must stay what it is.</summary>
[Collection(S3StoreTests.InEnvironment)]
public sealed class S3DataTests : IAsyncLifetime
{
    private S3Folder _s3 = null!;

    public async ValueTask InitializeAsync() => _s3 = await S3Folder.Start();

    public ValueTask DisposeAsync() => _s3.DisposeAsync();

    // Names, labels, counts, and every row's number: what decides what is trained on.
    private static string Told(Job job)
    {
        var (facts, _) = DataCheck.Run(job, parallelism: 2);
        var shards = Enumerable.Range(0, job.Data.Shards).Select(v => ShardData.Read(job, v)).ToArray();
        return JsonSerializer.Serialize(facts with { SourceTags = null }) + string.Concat(shards.Select(s => s.Ledger(facts).ToString()))
            + string.Concat(shards.Select(s => JsonSerializer.Serialize(s.Survey with { SourceTags = null })));
    }

    [Fact]
    public void Each_shard_reads_its_own_part()
    {
        _s3.Put("table.csv", S3Folder.Table(250_000));
        var length = _s3.Server.Objects["data/table.csv"].Content.Length;
        var job = _s3.Job($"{{ format: csv, path: '{S3Folder.Stored("table.csv")}', label: label, shards: 8 }}");
        var rows = 0L;
        for (var v = 0; v < 8; v++)
        {
            var before = _s3.Server.Sent;
            rows += ShardData.Read(job, v).Survey.Rows;
            Assert.InRange(_s3.Server.Sent - before, length / 8 * 0.99, (length / 8) + (100 << 10));
        }

        Assert.Equal(250_000, rows);
        Assert.InRange(_s3.Server.Sent, length, length * 1.15);
    }

    [Theory]
    [InlineData("csv", "table.csv", "label: label")]
    [InlineData("csv", "table.csv.gz", "label: label")]
    [InlineData("csv", "parts/**/*.csv", "label: label")]
    [InlineData("csv", "parts", "label: label")]
    [InlineData("csv", "table.csv", "label: label, validation: { path: PLACE/held.csv }")]
    [InlineData("csv", "table.csv", "label: label, columns: infer")]
    [InlineData("libsvm", "rows.libsvm", "features: 3")]
    [InlineData("parquet", "table.parquet", "label: label")]
    [InlineData("idx", "images.idx", "labels: PLACE/labels.idx")]
    public async Task What_is_read_is_what_the_files_hold(string format, string name, string more)
    {
        await PutAll();
        Job Job(string place) => _s3.Job($"{{ format: {format}, path: '{place}/{name}', {more.Replace("PLACE", place, StringComparison.Ordinal)}, shards: 3, standardize: {(more.Contains("columns", StringComparison.Ordinal) ? "false" : "true")} }}");
        Assert.Equal(Told(Job(_s3.Folder)), Told(Job($"s3://{S3Server.Bucket}/data")));
        Assert.Empty(_s3.Troubles);
    }

    [Theory]
    [InlineData("char")]
    [InlineData("byte")]
    [InlineData("word")]
    public void Text_is_read_as_it_is_in_files(string tokens)
    {
        _s3.Put("text.txt", string.Concat(Enumerable.Range(0, 4000).Select(i => $"Größe {i % 17} und noch {(char)('a' + (i % 7))}ine Zeile\n")));
        var kind = tokens == "word" ? "{ kind: skip-gram, width: 4, window: 2 }" : "{ kind: transformer, layers: 1, width: 8, heads: 2, context: 8 }";
        Job Job(string path) => JobFile.Parse(
            $"version: 1\nname: t\nmodel: {kind}\ndata: {{ format: text, tokens: {tokens}, path: '{path}', shards: 5 }}\ntraining: {{ epochs: 1, batch: 8, seed: 1, optimizer: {{ kind: sgd, learningRate: 0.1 }} }}",
            "t.yaml", _s3.Folder, [], _s3.Folder);
        Assert.Equal(Told(Job(Path.Combine(_s3.Folder, "text.txt"))), Told(Job(S3Folder.Stored("text.txt"))));
    }

    private async Task PutAll()
    {
        var text = S3Folder.Table(600);
        _s3.Put("table.csv", text);
        _s3.Put("held.csv", S3Folder.Table(90, seed: 2));
        _s3.Put("table.csv.gz", S3Folder.Gzip(text));
        foreach (var part in new[] { "b/1.csv", "a.csv", "b/c/2.csv" })
        {
            _s3.Put($"parts/{part}", S3Folder.Table(100, seed: part.Length));
        }

        _s3.Put("parts/_SUCCESS", "");
        _s3.Put("parts/.a.csv.crc", "x");
        _s3.Put("rows.libsvm", string.Concat(Enumerable.Range(0, 200).Select(i => $"{i % 2} 1:{i} {(i % 3 == 0 ? "" : "2:0.5 ")}3:{i % 5}\n")));
        _s3.Put("images.idx", [0, 0, 8, 3, 0, 0, 0, 60, 0, 0, 0, 2, 0, 0, 0, 2, .. Enumerable.Range(0, 240).Select(i => (byte)i)]);
        _s3.Put("labels.idx", [0, 0, 8, 1, 0, 0, 0, 60, .. Enumerable.Range(0, 60).Select(i => (byte)(i % 3))]);
        using var parquet = new MemoryStream();
        var (a, label) = (new DataField<double?>("a"), new DataField<string>("label"));
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(a, label), parquet))
        {
            for (var group = 0; group < 4; group++)
            {
                using var rows = writer.CreateRowGroup();
                double?[] numbers = [.. Enumerable.Range(0, 50).Select(i => (double?)(i + (0.25 * group)))];
                await rows.WriteAsync<double>(a, numbers);
                await rows.WriteAsync(label, Enumerable.Range(0, 50).Select(i => i % 2 == 0 ? "even" : "odd").ToArray());
            }
        }

        _s3.Put("table.parquet", parquet.ToArray());
    }

    [Fact]
    public void Data_that_is_changed_after_the_job_has_begun_is_refused_by_name()
    {
        _s3.Put("table.csv", S3Folder.Table(300));
        var job = _s3.Job($"{{ format: csv, path: '{S3Folder.Stored("table.csv")}', label: label, shards: 2 }}");
        var (facts, _) = DataCheck.Run(job, parallelism: 1);
        ShardData.Read(job, 1).Prepare(facts).Dispose();
        _s3.Put("table.csv", S3Folder.Table(300, seed: 2)); // as many rows of the same labels
        var refused = Assert.Throws<JobException>(() => ShardData.Read(job, 1).Prepare(facts)).Message;
        Assert.StartsWith(S3Folder.Stored("table.csv") + " has been changed since the job began", refused, StringComparison.Ordinal);
    }

    [Fact]
    public void An_object_that_is_changed_while_it_is_read_is_never_mixed()
    {
        var (before, after) = (S3Folder.Table(60_000), S3Folder.Table(60_000, seed: 2));
        _s3.Put("table.csv", before);
        var job = _s3.Job($"{{ format: csv, path: '{S3Folder.Stored("table.csv")}', label: label, shards: 2 }}");
        for (var at = 1; ; at++)
        {
            _s3.Server.Fault = _ => S3Fault.None;
            _s3.Put("table.csv", before);
            var asked = 0;
            _s3.Server.Fault = request =>
            {
                if (++asked == at)
                {
                    _s3.Put("table.csv", after);
                }

                return S3Fault.None;
            };
            try
            {
                ShardData.Read(job, 0);
                Assert.True(asked < at || at == 1, $"the object was changed before request {at} of {asked}, and nobody has noticed");
                if (asked < at)
                {
                    Assert.InRange(at, 4, 100); // every request but the first has been tried
                    return;
                }
            }
            catch (JobException e)
            {
                Assert.Contains(S3Folder.Stored("table.csv") + " has been changed", e.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_burst_of_errors_is_survived_and_told()
    {
        _s3.Put("table.csv", S3Folder.Table(300));
        var job = _s3.Job($"{{ format: csv, path: '{S3Folder.Stored("table.csv")}', label: label, shards: 2 }}");
        var left = 5;
        _s3.Server.Fault = _ => left-- > 0 ? S3Fault.SlowDown : S3Fault.None;
        Assert.True(ShardData.Read(job, 0).Survey.Rows > 100);
        Assert.StartsWith($"s3://{S3Server.Bucket} answers 503 ", Assert.Single(_s3.Troubles), StringComparison.Ordinal);
    }

    // Silos of one process may end in any order.
    [Fact]
    public void When_a_store_is_no_longer_used_one_that_is_still_there_is_asked()
    {
        var before = FileStores.Of("s3://granary/x");
        using var one = new S3Files();
        using var other = new S3Files();
        var (older, newer) = (FileStores.Use(one), FileStores.Use(other));
        Assert.Same(other, FileStores.Of("s3://granary/x"));
        older.Dispose();
        older.Dispose();
        Assert.Same(other, FileStores.Of("s3://granary/x"));
        newer.Dispose();
        Assert.Same(before, FileStores.Of("s3://granary/x"));
    }

    [Fact]
    public async Task A_store_that_stays_away_is_an_error_that_names_it()
    {
        _s3.Put("table.csv", S3Folder.Table(300));
        using var hasty = new S3Files(TimeSpan.FromSeconds(2));
        var job = _s3.Job($"{{ format: csv, path: '{S3Folder.Stored("table.csv")}', label: label, shards: 2 }}");
        using var use = FileStores.Use(hasty);
        await _s3.Server.Down();
        Assert.StartsWith($"s3://{S3Server.Bucket} cannot be reached", Assert.Throws<FileStoreException>(() => ShardData.Read(job, 0)).Message, StringComparison.Ordinal);
        await _s3.Server.Up();
        Assert.True(ShardData.Read(job, 0).Survey.Rows > 100);
    }

    [Theory]
    [InlineData("s3://granary/data/nothing.csv", "there is no file s3://granary/data/nothing.csv.")]
    [InlineData("s3://granary/data/nothing/*.csv", "no file matches s3://granary/data/nothing/*.csv.")]
    [InlineData("s3://elsewhere/table.csv", "404 NoSuchBucket: there is no bucket elsewhere. Make the bucket, or name another one.")]
    [InlineData("s3://granary/../table.csv", "is no path into a store")]
    [InlineData("s3://", "is no path into a store")]
    public void What_is_not_there_is_told_with_file_and_line(string path, string message)
    {
        var refused = Assert.Throws<JobException>(() => _s3.Job($"{{ format: csv, path: '{path}', label: label, shards: 2 }}")).Message;
        Assert.StartsWith("stored.yaml:4: data.path: ", refused, StringComparison.Ordinal);
        Assert.Contains(message, refused, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_is_no_UTF8_is_told_with_its_name()
    {
        _s3.Put("bad.csv", [.. Encoding.UTF8.GetBytes("a,label\n1,x\n"), 0xff, 0xfe, .. Encoding.UTF8.GetBytes(",y\n")]);
        Assert.Contains("bad.csv:3", Assert.Throws<JobException>(() => ShardData.Read(_s3.Job($"{{ format: csv, path: '{S3Folder.Stored("bad.csv")}', label: label, shards: 1 }}"), 0)).Message, StringComparison.Ordinal);
    }
}
