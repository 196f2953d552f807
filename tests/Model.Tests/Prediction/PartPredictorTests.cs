using System.Buffers.Binary;
using System.Globalization;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;
using Granary.Model.Prediction;
using Granary.Model.Tests.Columns;
using Granary.Model.Tests.Data;
using Granary.Model.Tests.Files;
using Parquet;
using Parquet.Schema;

namespace Granary.Model.Tests.Prediction;

/// <summary>An input that several predict in parts, each of them some, has the predictions that one process makes of the whole: every byte, in every format.</summary>
public sealed class PartPredictorTests : IDisposable
{
    private const int Rows = 37_000; // two parts of 16,384 rows and some of a third

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static readonly (double One, double Two)[] Table =
        [.. Enumerable.Range(0, Rows).Select(i => (i * 37 % 1009 / 100.0, Math.Round(((i * 61 % 2003) / 1001.5) - 1, 4)))];

    private static string Text(double x) => x.ToString("R", CultureInfo.InvariantCulture);

    private static TrainedModel Nameless(string format)
    {
        var model = SampleModels.Softmax();
        return model with { Data = model.Data with { Format = format, Label = null }, Facts = model.Facts with { Columns = [] } };
    }

    /// <summary>The parts, one after another, by two predictors that take turns; and what is known of them.</summary>
    private static (byte[] Bytes, List<FinishedPart> Parts) InParts(TrainedModel model, string input, bool isJson = false, bool explain = false)
    {
        using var even = new PartPredictor(model, input, isJson, explain);
        using var odd = new PartPredictor(model, input, isJson, explain);
        var (output, parts) = (new MemoryStream(), new List<FinishedPart>());
        do
        {
            parts.Add((parts.Count % 2 == 0 ? even : odd).Write(parts.Count, output));
        }
        while (!parts[^1].IsLast);
        return (output.ToArray(), parts);
    }

    private static void AreTheWhole(TrainedModel model, string input, bool isJson = false, bool explain = false, long rows = Rows)
    {
        using var whole = new MemoryStream();
        var report = PredictionTable.Write(model, input, whole, isJson ? PredictionFormat.Jsonl : PredictionFormat.Csv, explain);
        var (bytes, parts) = InParts(model, input, isJson, explain);
        Assert.True(whole.ToArray().AsSpan().SequenceEqual(bytes));
        Assert.Equal((rows, rows), (report.Rows, parts.Sum(p => p.Rows)));
        Assert.Equal((rows / 16_384) + 1, parts.Count);
        Assert.Equal(report.Ignored, parts.SelectMany(p => p.Ignored).Distinct());
        Assert.Equal(report.Unseen, UnseenCategories.Sum(parts.SelectMany(p => p.Unseen)).Select(u => u.Sentence));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_csv(bool gzip)
    {
        var text = "two,other,one\n" + string.Concat(Table.Select((r, i) => $"{Text(r.Two)},x,{Text(r.One)}\n{(i % 5000 == 0 ? "\n" : "")}"));
        AreTheWhole(SampleModels.Softmax(), _folder.Write(gzip ? "in.csv.gz" : "in.csv", text), explain: true);
    }

    [Fact]
    public void Of_several_files_with_lines_of_json_out()
    {
        var folder = Directory.CreateDirectory(_folder["in"]).FullName;
        var at = 0;
        foreach (var (name, count) in new[] { ("a.csv", 9_000), ("b.csv", 1), ("c.csv", 27_999) })
        {
            File.WriteAllText(Path.Combine(folder, name), $"one,{name},two\n" + string.Concat(Table[at..(at += count)].Select(r => $"{Text(r.One)},0,{Text(r.Two)}\n")));
        }

        AreTheWhole(SampleModels.Softmax(), folder, isJson: true);
    }

    [Fact]
    public void Of_lines_of_json()
    {
        var lines = Table.Select((r, i) => $"{{\"two\": {Text(r.Two)}, \"one\": {Text(r.One)}{(i == 20_000 ? ", \"late\": 1" : "")}}}\n{(i % 7000 == 0 ? "\n" : "")}");
        AreTheWhole(SampleModels.Softmax(), _folder.Write("in.jsonl", string.Concat(lines)));
    }

    [Fact]
    public void Of_libsvm() =>
        AreTheWhole(Nameless("libsvm"), _folder.Write("in", string.Concat(Table.Select((r, i) => $"{(i % 2 == 0 ? "1 " : "")}1:{Text(r.One)} 2:{Text(r.Two)}\n{(i % 6000 == 0 ? "# nothing\n\n" : "")}"))));

    [Theory]
    [InlineData("in")]
    [InlineData("in.gz")]
    public void Of_images(string name)
    {
        var bytes = new byte[16 + (2 * Rows)];
        (bytes[2], bytes[3]) = (8, 3);
        foreach (var (at, size) in new[] { (4, Rows), (8, 1), (12, 2) })
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), size);
        }

        new Random(3).NextBytes(bytes.AsSpan(16));
        AreTheWhole(Nameless("idx"), _folder.Write(name, bytes));
    }

    [Fact]
    public async Task Of_parquet_with_row_groups_that_end_elsewhere()
    {
        DataField[] fields = [new DataField<double>("two"), new DataField<double>("one")];
        await using (var file = File.Create(_folder["in.parquet"]))
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), file))
        {
            foreach (var rows in Table.Chunk(5_000))
            {
                using var group = writer.CreateRowGroup();
                await group.WriteAsync<double>(fields[0], rows.Select(r => r.Two).ToArray().AsMemory());
                await group.WriteAsync<double>(fields[1], rows.Select(r => r.One).ToArray().AsMemory());
            }
        }

        AreTheWhole(SampleModels.Softmax(), _folder["in.parquet"]);
    }

    [Fact]
    public void Of_a_table_with_categories_new_ones_too()
    {
        var job = MixedTable.Job(_folder.Write("d.csv", "one,city,y\n1,Ulm,u\n2,Jena,v\n3,Bonn,u\n"), 1, new ColumnsSection(false, new Dictionary<string, ColumnSection>
        {
            ["city"] = new() { Kind = "categorical", Missing = MissingRule.Slot, Embedding = 3 },
        }));
        var model = SampleModels.Create(new ModelSection { Kind = "mlp", Hidden = [4] }, job.Data, DataCheck.Run(job, 1).Facts);
        string[] cities = ["Ulm", "Oz", "", "Jena", "Atlantis"];
        AreTheWhole(model, _folder.Write("in.csv", "city,one\n" + string.Concat(Table.Select((r, i) => $"{(i == 0 ? "Ys" : cities[i % 5])},{Text(r.One)}\n"))));
    }

    [Fact]
    public void An_input_that_ends_with_a_part_has_an_empty_one_after_it()
    {
        var (bytes, parts) = InParts(SampleModels.Softmax(), _folder.Write("in.csv", "one,two\n" + string.Concat(Table[..16_384].Select(r => $"{Text(r.One)},{Text(r.Two)}\n"))));
        Assert.Equal([(16_384, false), (0, true)], parts.Select(p => ((int)p.Rows, p.IsLast)));
        Assert.Equal(16_385, bytes.Count(b => b == '\n'));
    }

    [Fact]
    public void A_cell_that_cannot_be_used_is_told_of_by_whoever_has_its_part()
    {
        var input = _folder.Write("in.csv", "one,two\n" + string.Concat(Table.Select((r, i) => $"{(i == 20_000 ? "x" : Text(r.One))},{Text(r.Two)}\n")));
        using var first = new PartPredictor(SampleModels.Softmax(), input, isJson: false, explain: false);
        using var other = new PartPredictor(SampleModels.Softmax(), input, isJson: false, explain: false);
        Assert.Equal(16_384, first.Write(0, Stream.Null).Rows);
        Assert.Contains("in.csv:20002: ", Assert.Throws<JobException>(() => first.Write(1, Stream.Null)).Message);
        Assert.Equal((Rows - 32_768, true), other.Write(2, Stream.Null) is var last ? ((int)last.Rows, last.IsLast) : default);
    }
}
