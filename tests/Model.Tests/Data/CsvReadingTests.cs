using System.Globalization;
using System.Text;
using CsCheck;
using Granary.Jobs;
using Granary.Model.Data;

namespace Granary.Model.Tests.Data;

/// <summary>The reader of chunks against the one that reads row by row.</summary>
public sealed class CsvReadingTests : IDisposable
{
    private static readonly TableColumns Columns = new(["a", "y", "b", "n"], 1, [2, 0]);

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Read(TableSource source)
    {
        var (text, row) = (new StringBuilder(), new double[source.Features]);
        for (var r = 0; r < source.Rows; r++)
        {
            source.Numbers.Read(r, row);
            text.AppendJoin(' ', row.Select(x => double.IsNaN(x) ? "missing" : BitConverter.DoubleToInt64Bits(x).ToString("x16", CultureInfo.InvariantCulture)))
                .Append(' ').AppendLine(source.Label(r));
        }

        return text.ToString();
    }

    private static string RowByRow(string path, DataSection data, int shard)
    {
        try
        {
            return Read(CsvSource.RowByRow(ByteRangeSplit.Read(new SourcePart(path, null, shard, data.Shards), [path], header: true).Parts, Columns, data));
        }
        catch (JobException e)
        {
            return e.Message;
        }
    }

    private static string InChunks(string path, DataSection data, int shard, int helpers, int chunk, out bool gaveUp)
    {
        var sink = new MemorySink(Columns.Features.Length);
        var read = CsvReading.Run(
            ByteRangeSplit.Read(new SourcePart(path, null, shard, data.Shards), [path], header: true).Parts, Columns, data, sink, new FreeThreads(helpers), chunk);
        gaveUp = read is null;
        if (read is not { } found)
        {
            return "";
        }

        var (rows, labels) = sink.Done();
        return Read(new TableSource(["b", "a"], rows, found.Labels, labels));
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static readonly Gen<string> Numbers = Gen.OneOf(
        Gen.Int[-99, 99].Select(i => i.ToString(CultureInfo.InvariantCulture)),
        Gen.Double.Where(double.IsFinite).Select(d => d.ToString("R", CultureInfo.InvariantCulture)),
        Gen.Double[-9, 9].Select(d => d.ToString("0.#####", CultureInfo.InvariantCulture)),
        Gen.Select(Gen.String[Gen.Char['0', '9'], 1, 24], Gen.String[Gen.Char['0', '9'], 0, 24], (w, f) => $"{w}.{f}"),
        OneOf("-0", ".5", "5.", "+1", "1e5", "-2.5E-3", "9007199254740993", "0.1", " 7", "8\t", "\"2.5\"", "1e-400"));

    private static readonly Gen<string> Odd = OneOf(
        "", "NA", "x", "1e999", "NaN", "-", ".", "\"a\"\"b\"", "a\"b", "\"", "1\r2", "é", "\u00a01", "\ufeff1", "1,2", "\0", "#", "nan", "∞", "1_0", "(1)", "1,", "\"1\" ");

    private static readonly Gen<string> Labels = Gen.OneOf(Gen.Int[0, 3].Select(i => $"c{i}"), OneOf("p q", " r", "\"s,t\"", "été", "0", "\"u\"", "\u3000v"));

    private static Gen<string> Rows(int oddity) => Gen.Select(
        Numbers, Labels, Numbers, OneOf("note", "", "\"n, m\"", "5", "x y"), Gen.Int[0, 3], Odd, Gen.Int[0, 99],
        (a, y, b, n, which, odd, chance) =>
        {
            string[] cells = [a, y, b, n];
            cells[which] = chance < oddity ? odd : cells[which];
            return string.Join(',', cells);
        });

    private static Gen<string> Files(int oddity) => Gen.Select(
        Gen.OneOf(Rows(oddity), Rows(oddity), Rows(oddity), Rows(oddity), OneOf("", "  ", "\t")).Array[0, 60], Gen.Bool, Gen.Bool,
        (rows, crlf, last) => "a,y,b,n" + (crlf ? "\r\n" : "\n") + string.Join(crlf ? "\r\n" : "\n", rows) + (last ? "\n" : ""));

    private int Compare(int oddity, int iterations)
    {
        var read = 0;
        Gen.Select(Files(oddity), Gen.Int[1, 4], Gen.Int[0, 3], Gen.Int[8, 300], Gen.Bool, Gen.Int[0, 2]).Sample((text, shards, helpers, chunk, fills, which) =>
        {
            var path = _folder.Write($"{Guid.NewGuid():N}.csv", text);
            var data = new DataSection
            {
                Format = "csv",
                Path = path,
                Label = "y",
                Ignore = ["n"],
                Shards = shards,
                Missing = fills ? MissingValues.Mean : MissingValues.Refuse,
                MissingSpellings = which == 0 && fills ? ["x", "5", "-", "c1"] : MissingSpellings.Usual,
            };
            for (var v = 0; v < shards; v++)
            {
                var expected = RowByRow(path, data, v);
                var found = InChunks(path, data, v, helpers, chunk, out var gaveUp);
                if (!gaveUp)
                {
                    Assert.Equal(expected, found);
                    Interlocked.Increment(ref read);
                }
                else if (oddity == 0 && data.MissingSpellings == MissingSpellings.Usual)
                {
                    Assert.Fail($"gave up a good file: {text}");
                }
            }

            File.Delete(path);
        }, iter: iterations, threads: 1);
        return read;
    }

    [Fact]
    public void Good_rows_are_read_as_row_by_row_in_any_number_of_parts_and_on_any_number_of_threads() => Compare(oddity: 0, iterations: 400);

    [Fact]
    public void Of_odd_rows_it_reads_none_otherwise() => Assert.InRange(Compare(oddity: 3, iterations: 400), 100, int.MaxValue);

    [Fact]
    public void Delimiters_that_look_like_a_part_of_a_number_are_delimiters()
    {
        foreach (var delimiter in ".-+ \t;")
        {
            var path = _folder.Write("d.csv", "a,y,b,n\n1,p,2,x\n\n3,q,4,\n5,\"r,s\",6,\n".Replace(',', delimiter));
            var data = new DataSection { Format = "csv", Path = path, Label = "y", Ignore = ["n"], Shards = 1, Delimiter = $"{delimiter}" };
            var expected = RowByRow(path, data, 0);
            Assert.Equal(3, expected.Count(c => c == '\n'));
            Assert.Equal(expected, InChunks(path, data, 0, 1, 8, out _));
        }
    }

    [Fact]
    public unsafe void A_number_has_the_bits_that_double_parse_gives_it()
    {
        var taken = 0;
        Gen.OneOf(
            Gen.Select(Gen.Bool, Gen.String[Gen.Char['0', '9'], 0, 20], Gen.String[Gen.Char['0', '9'], 0, 22], (minus, whole, fraction) => $"{(minus ? "-" : "")}{whole}.{fraction}"),
            Gen.Double.Where(double.IsFinite).Select(d => d.ToString("R", CultureInfo.InvariantCulture)),
            Gen.ULong.Select(u => u.ToString(CultureInfo.InvariantCulture)),
            Gen.Select(Gen.ULong, Gen.Int[1, 19], (u, at) => u.ToString("d20", CultureInfo.InvariantCulture).Insert(at, "."))).Sample(
            text =>
            {
                var bytes = Encoding.ASCII.GetBytes(text + "," + new string('7', LineChunks.Margin));
                fixed (byte* begin = bytes)
                {
                    var at = begin;
                    if (PlainNumber.TryRead(ref at, out var value) && at - begin == text.Length)
                    {
                        Assert.Equal(BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture)), BitConverter.DoubleToInt64Bits(value));
                        Interlocked.Increment(ref taken);
                    }
                }
            },
            iter: 50_000,
            threads: 1);
        Assert.True(taken > 1000, $"{taken}");
    }

    [Fact]
    public void An_error_far_down_a_file_of_many_chunks_names_its_line()
    {
        var rows = string.Concat(Enumerable.Range(0, 120_000).Select(i => $"{(i == 110_000 ? "1.2.3" : $"{i}.5")},c{i % 2}\n"));
        var path = _folder.Write("d.csv", "a,y\n" + rows);
        var data = new DataSection { Format = "csv", Path = path, Label = "y", Shards = 2 };
        var error = Assert.Throws<JobException>(() => CsvSource.Read(new SourcePart(path, null, 1, 2), data, use: new ReadingMeans(new FreeThreads(3), null)));
        Assert.StartsWith("d.csv:110002: column 'a' holds '1.2.3', which is not a number.", error.Message, StringComparison.Ordinal);
    }
}
