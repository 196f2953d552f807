using System.Globalization;
using System.Text;
using CsCheck;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Tests.Data;

namespace Granary.Model.Tests.Columns;

/// <summary>Rows of described columns that are read in chunks, on several threads, against the reader that takes one row after another.</summary>
public sealed class DescribedReadingTests : IDisposable
{
    private static readonly ColumnsSection Columns = new(false, new Dictionary<string, ColumnSection>
    {
        ["a"] = new() { Kind = "numeric", Missing = MissingRule.Mean },
        ["c"] = new() { Kind = "categorical", Missing = MissingRule.Slot },
        ["b"] = new() { Kind = "boolean", Missing = MissingRule.Slot },
        ["d"] = new() { Kind = "date", Missing = MissingRule.Median },
        ["t"] = new() { Kind = "text", Buckets = 8, Missing = MissingRule.Slot },
    });

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Bits(double x) => double.IsNaN(x) ? "missing" : BitConverter.DoubleToInt64Bits(x).ToString("x16", CultureInfo.InvariantCulture);

    private static string Read(DescribedSource source)
    {
        var (text, row) = (new StringBuilder(), new double[source.Features]);
        for (var r = 0; r < source.Rows; r++)
        {
            source.Cells.Read(r, row);
            text.AppendJoin(' ', row.Select((x, c) => source.Texts[c] is { } own && !double.IsNaN(x) ? $"'{own[(int)x]}' {x}" : Bits(x)))
                .Append(' ').Append(source.Label(r)).Append(' ').AppendLine(source.Weights is { } weights ? Bits(weights[r]) : "");
        }

        return text.ToString();
    }

    private static (IReadOnlyList<LinePart> Lines, TableColumns Columns) Open(DataSection data, int shard)
    {
        var lines = ByteRangeSplit.Read(new SourcePart(data.Path, null, shard, data.Shards), [data.Path], header: true);
        return (lines.Parts, CsvHeader.Read(data.Path, lines.Headers, data));
    }

    private static string RowByRow(DataSection data, int shard)
    {
        var (lines, columns) = Open(data, shard);
        try
        {
            return Read(CsvDescribed.RowByRow(lines, columns, data, null, areDealt: false));
        }
        catch (JobException e)
        {
            return e.Message;
        }
    }

    private static string? InChunks(DataSection data, int shard, int helpers, int chunk)
    {
        var (lines, columns) = Open(data, shard);
        return CsvDescribed.InChunks(lines, columns, data, areDealt: false, new FreeThreads(helpers), chunk) is { } source ? Read(source) : null;
    }

    private DataSection Data(string text, int shards, string? weight = null) => new()
    {
        Format = "csv",
        Path = _folder.Write($"{Guid.NewGuid():N}.csv", text),
        Label = "y",
        Ignore = ["n"],
        Shards = shards,
        Columns = Columns,
        Weight = weight,
    };

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static readonly Gen<string> Numbers = Gen.OneOf(
        Gen.Int[-99, 99].Select(i => i.ToString(CultureInfo.InvariantCulture)),
        Gen.Double[-9, 9].Select(d => d.ToString("0.####", CultureInfo.InvariantCulture)),
        Gen.Double.Where(double.IsFinite).Select(d => d.ToString("R", CultureInfo.InvariantCulture)),
        OneOf("-0", ".5", "5.", "+1", "1e5", " 7", "8\t", "\"2.5\"", "", "NA", "2147483648", "-2147483648"));

    private static readonly Gen<string> Categories = OneOf("red", "blue", "Köln", "\"p, q\"", " padded ", "", "NA", "赤", "\u3000wide\u3000", "1", "a rather long name of a category");
    private static readonly Gen<string> Booleans = OneOf("true", "FALSE", "Yes", "no", "1", "0", " t", "", "\"on\"");
    private static readonly Gen<string> Dates = Gen.OneOf(
        Gen.Int[0, 800].Select(i => new DateTime(2023, 1, 1).AddDays(i).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)), OneOf("2024-02-29T13:30:00Z", "2024-02-29 13:30", "", "\"2024-12-31\""));

    private static readonly Gen<string> Texts = OneOf("one two", "\"three, four\"", "", "été à la mer", "\"quoted\"", "x", "\"with \"\"quotes\"\" inside\"");
    private static readonly Gen<string> Odd = OneOf("x", "1e999", "NaN", "\"", "a\"b", "1\r2", "\ufeff1", "\0", "#", "∞", "1,", "2024-13-01", "\ufffd", "maybe");

    private static Gen<string> Rows(int oddity) => Gen.Select(
        Numbers, Categories, Booleans, Dates, Gen.Select(Texts, OneOf("note", "\"n, m\"", "")), Gen.Select(Gen.Int[0, 5], Odd, Gen.Int[0, 99]),
        (a, c, b, d, more, odd) =>
        {
            string[] cells = [a, c, b, d, more.Item1, more.Item2];
            cells[odd.Item1] = odd.Item3 < oddity ? odd.Item2 : cells[odd.Item1];
            return $"{string.Join(',', cells)},{(odd.Item1 % 2 == 0 ? "u" : "v")}";
        });

    private static Gen<string> Files(int oddity) => Gen.Select(
        Gen.OneOf(Rows(oddity), Rows(oddity), Rows(oddity), Rows(oddity), OneOf("", "  ", "\t")).Array[0, 60], Gen.Bool, Gen.Bool,
        (rows, crlf, last) => "a,c,b,d,t,n,y" + (crlf ? "\r\n" : "\n") + string.Join(crlf ? "\r\n" : "\n", rows) + (last ? "\n" : ""));

    private int Compare(int oddity, int iterations)
    {
        var read = 0;
        Gen.Select(Files(oddity), Gen.Int[1, 4], Gen.Int[0, 3], Gen.Int[8, 300]).Sample((text, shards, helpers, chunk) =>
        {
            var data = Data(text, shards);
            for (var v = 0; v < shards; v++)
            {
                var expected = RowByRow(data, v);
                if (InChunks(data, v, helpers, chunk) is { } found)
                {
                    Assert.Equal(expected, found);
                    Interlocked.Increment(ref read);
                }
                else
                {
                    Assert.True(oddity > 0, $"gave up a good file: {text}");
                }
            }

            File.Delete(data.Path);
        }, iter: iterations, threads: 1);
        return read;
    }

    [Fact]
    public void Good_rows_are_read_as_row_by_row_in_any_number_of_parts_and_on_any_number_of_threads() => Compare(oddity: 0, iterations: 400);

    [Fact]
    public void Of_odd_rows_it_reads_none_otherwise() => Assert.InRange(Compare(oddity: 3, iterations: 400), 100, int.MaxValue);

    [Fact]
    public void One_line_longer_than_many_chunks_is_a_row()
    {
        var text = $"a,c,b,d,t,n,y\n1,red,yes,2024-01-01,\"{new string('w', 100_000)} end\",n,u\n2,,no,2024-01-02,x,n,v";
        var data = Data(text, 1);
        Assert.Equal(RowByRow(data, 0), InChunks(data, 0, 2, 1 << 10));
    }

    [Fact]
    public void A_weight_is_read_behind_the_features()
    {
        var data = Data("a,c,w,b,d,t,n,y\n1,red,0.5,yes,2024-01-01,x,n,u\n2,,0,no,2024-01-02,x,n,v\n", 1, weight: "w");
        var expected = RowByRow(data, 0);
        Assert.Contains(Bits(0.5), expected, StringComparison.Ordinal);
        Assert.Equal(expected, InChunks(data, 0, 0, 20));
    }

    [Fact]
    public void A_column_that_rows_are_held_out_by_may_be_a_feature_too()
    {
        var text = "d,a,y\n" + string.Concat(Enumerable.Range(0, 300).Select(i => FormattableString.Invariant($"2024-01-{(i % 28) + 1:00},{i}.5,{(i % 2 == 0 ? "u" : "v")}\n")));
        var data = Data(text, 2) with
        {
            Columns = new ColumnsSection(false, new Dictionary<string, ColumnSection> { ["d"] = new() { Kind = "date" } }),
            Ignore = [],
            Validation = new() { Time = "d", Fraction = 0.25 },
        };
        var source = CsvSource.ReadDescribed(new SourcePart(data.Path, null, 0, 2), data, split: SplitColumn.Of(data));
        Assert.Equal(source.SplitNumbers![17], source.Cells[0][17]);
        Assert.Equal(19723 + 17, source.Cells[0][17]); // days since 1970
    }

    [Fact]
    public void A_bad_cell_in_the_last_chunk_is_named_by_its_line()
    {
        var rows = string.Concat(Enumerable.Range(0, 60_000).Select(i => $"{(i == 59_998 ? "1.2.3" : $"{i}.5")},red,yes,2024-01-01,x,n,{(i % 2 == 0 ? "u" : "v")}\n"));
        var data = Data("a,c,b,d,t,n,y\n" + rows, 2);
        var error = Assert.Throws<JobException>(() => CsvSource.ReadDescribed(new SourcePart(data.Path, null, 1, 2), data, use: new ReadingMeans(new FreeThreads(3), null)));
        Assert.StartsWith($"{Path.GetFileName(data.Path)}:60000: column 'a' holds '1.2.3', which is not a number", error.Message, StringComparison.Ordinal);
    }

    // Hands out lines, and counts them.
    private sealed class CountingStream(byte[] bytes, Action<int> given) : MemoryStream(bytes, writable: false)
    {
        public override int Read(Span<byte> buffer)
        {
            var got = base.Read(buffer);
            given(got);
            return got;
        }
    }

    private sealed class CountingSink(LabelNames?[] texts, Action<int> taken) : IRowSink
    {
        public LabelNames?[] Texts => texts;

        public void Append(ReadOnlySpan<double> values, ReadOnlySpan<int> labels) => taken(labels.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void No_more_text_is_held_at_a_time_than_a_few_chunks_for_each_thread(int helpers)
    {
        const string Row = "1.5,red,yes,2024-01-01,x y,n,u\n";
        const int Rows = 40_000, Chunk = 1 << 14;
        var data = Data("a,c,b,d,t,n,y\n", 1);
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Row, Rows)));
        var (turn, held, most) = (new object(), 0L, 0L);
        var columns = CsvHeader.Read(data.Path, [("d.csv", "a,c,b,d,t,n,y")], data);
        string[] names = [.. columns.Features.Select(f => columns.Names[f])];
        ColumnSection[] sections = [.. names.Select(n => ColumnKinds.Section(data, n))];
        var sink = new CountingSink([.. sections.Select(s => ColumnKinds.Of(s.Kind).IsText ? new LabelNames() : null)], rows => Count(-(long)rows * Row.Length));
        var part = new LinePart("d.csv", bytes.Length, () => new CountingStream(bytes, got => Count(got)), line => line);
        Assert.NotNull(CsvReading.Run([part], columns, data, sink, new FreeThreads(helpers), Chunk, CellReader.Of(names, sections, data)));
        Assert.Equal(0, held);
        Assert.InRange(most, Chunk / 2, 2L * Chunk * (helpers + 2));

        void Count(long bytes)
        {
            lock (turn)
            {
                held += bytes;
                most = Math.Max(most, held);
            }
        }
    }
}
