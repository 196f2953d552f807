using System.Text;
using CsCheck;
using Granary.Jobs;
using Granary.Model.Data;

namespace Granary.Model.Tests.Data;

/// <summary>Files that hold the same table or text in other bytes: packed, in other encodings, with other line ends.</summary>
public sealed class SourceFileTests : IDisposable
{
    private const string Table = "a,y,b\n1,x,2\n3,\"ü, z\",4\n\n5,x,6\n7,x,8\n";

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static DataSection Csv(string path, int shards = 2) => new() { Format = "csv", Path = path, Label = "y", Shards = shards };

    private static DataSection Text(string path, TokenKind tokens) => new() { Format = "text", Path = path, Tokens = tokens, Shards = 1 };

    private static string[] Rows(DataSection data) => DataFolder.Lines(DataFolder.Union(DataFolder.Job(data)));

    // With the mark that tells it.
    private static byte[] In(Encoding encoding, string text) => [.. encoding.GetPreamble(), .. encoding.GetBytes(text)];

    public static TheoryData<string> Encodings => ["utf-8", "utf-16", "utf-16BE", "utf-32", "utf-32BE"];

    [Theory]
    [MemberData(nameof(Encodings))]
    public void A_table_is_the_same_in_every_encoding_line_end_and_packing(string encoding)
    {
        string[] expected = ["1 2 x", "3 4 ü, z", "5 6 x", "7 8 x"];
        foreach (var end in new[] { "\n", "\r\n", "\r", "\r\r\n" })
        {
            foreach (var name in new[] { "d.csv", "d.csv.gz" })
            {
                foreach (var isEnded in new[] { true, false })
                {
                    var text = isEnded ? Table : Table.TrimEnd('\n');
                    var path = _folder.Write(name, In(Encoding.GetEncoding(encoding), text.Replace("\n", end, StringComparison.Ordinal)));
                    Assert.Equal(expected, Rows(Csv(path)));
                }
            }
        }
    }

    [Fact]
    public void Shards_together_read_every_row_once_whatever_ends_the_lines() => Gen.Select(Gen.Int[2, 400], Gen.Int[1, 7], Gen.Int[0, 3]).Sample((rows, shards, way) =>
    {
        if (rows < shards)
        {
            return;
        }

        // Files that can be cut and files that cannot, together.
        string Part(int from, int to) => "a,y\n" + string.Concat(Enumerable.Range(from, to - from).Select(i => $"{i},c{(i < 2 ? i : i % 3)}\n"));
        var folder = Path.Combine(Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(_folder[folder]);
        _folder.Write(Path.Combine(folder, "0.csv"), Part(0, rows / 2).Replace("\n", (way & 1) == 0 ? "\r" : "\n", StringComparison.Ordinal));
        _folder.Write(Path.Combine(folder, "1.csv"), (way & 2) == 0 ? Encoding.UTF8.GetBytes(Part(rows / 2, rows)) : In(Encoding.Unicode, Part(rows / 2, rows)));
        Assert.Equal(
            Enumerable.Range(0, rows).Select(i => $"{i} c{(i < 2 ? i : i % 3)}").Order(StringComparer.Ordinal),
            Rows(Csv(_folder[folder], shards)));
    }, iter: 60);

    [Fact]
    public void Carriage_returns_within_quotes_belong_to_the_cell_and_others_end_rows_even_among_line_feeds()
    {
        Assert.Equal(["1 p\rq", "2 r"], Rows(Csv(_folder.Write("q.csv", "a,\"y\"\n1,\"p\rq\"\n2,r\n"), 1)));
        Assert.Equal(["1 p", "2 q", "3 p"], Rows(Csv(_folder.Write("m.csv", "a,y\n1,p\r2,q\n3,p\n"), 1)));
        Assert.Equal(["1 p", "2 q", "3 p"], Rows(Csv(_folder.Write("n.csv", "a,y\r1,p\r\n2,q\n3,p\n"), 1)));
        Assert.Equal("q.csv:2: a quoted cell goes on over the end of the line. Line breaks within cells are not supported: write spaces in their place.",
            DataFolder.Error(Csv(_folder.Write("q.csv", "a,y\r1,\"p\rq\"\r2,r\r"), 1)));
    }

    [Theory]
    [InlineData("a,y\r1,x\r\r2,y\rno,x\r", 5)]
    [InlineData("a,y\r1,x\r2,y\r3,y\rno,x", 5)]
    [InlineData("a,y\n1,x\r2,y\n3,y\rno,x\n4,x\n", 3)]
    [InlineData("a,y\n1,x\r2,y\r3,y\nno,x\r4,x\n", 3)]
    [InlineData("a,y\r\r\n1,x\r\r\nno,y\r\r\n", 3)]
    public void A_bad_cell_is_named_by_its_line(string text, int line)
    {
        foreach (var name in new[] { "d.csv", "d.csv.gz" })
        {
            Assert.StartsWith($"{name}:{line}: column 'a' holds 'no', which is not a number", DataFolder.Error(Csv(_folder.Write(name, text), 1)));
        }
    }

    [Fact]
    public void Libsvm_lines_end_in_carriage_returns_too()
    {
        string[] expected = ["0 2 1", "1 0 0"];
        DataSection Libsvm(string text) => new() { Format = "libsvm", Path = _folder.Write("d.svm", text), Shards = 1 };
        Assert.Equal(expected, Rows(Libsvm("0 1:1\r# nothing\r1 2:2\r")));
        Assert.Equal(expected, Rows(Libsvm("0 1:1\r\n1 2:2")));
        Assert.Equal(expected, Rows(Libsvm("# mixed\n0 1:1\r1 2:2\n")));
        Assert.Equal("d.svm:3: the label is 'x', which is not a finite number.", DataFolder.Error(Libsvm("0 1:1\r\rx 2:2\r")));
        Assert.Equal("d.svm:2: the label is 'x', which is not a finite number.", DataFolder.Error(Libsvm("# mixed\n0 1:1\rx 2:2\n")));
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void A_text_is_the_same_in_every_encoding(string encoding)
    {
        const string Words = "Löwe und Maus, Löwe und Bär; ein Märchen 🦁.\n";
        foreach (var name in new[] { "t.txt", "t.txt.gz" })
        {
            var path = _folder.Write(name, In(Encoding.GetEncoding(encoding), Words));
            var chars = (TextSource)ShardData.Read(DataFolder.Job(Text(path, TokenKind.Char)), new SourcePart(path, null, 0, 1));
            Assert.Equal(Words.EnumerateRunes().Select(r => r.ToString()).Distinct(), chars.Classes);
            var words = (WordSource)ShardData.Read(DataFolder.Job(Text(path, TokenKind.Word)), new SourcePart(path, null, 0, 1));
            Assert.Equal(["löwe", "und", "maus", "bär", "ein", "märchen"], words.Classes);
            if (encoding != "utf-8") // whose mark is a token like any others, where tokens are bytes
            {
                var bytes = (TextSource)ShardData.Read(DataFolder.Job(Text(path, TokenKind.Byte)), new SourcePart(path, null, 0, 1));
                Assert.Equal((Encoding.UTF8.GetByteCount(Words) - 1) / 4, bytes.Rows);
                Assert.Equal(Encoding.UTF8.GetBytes(Words)[..4].Select(b => (int)b), bytes.Pairs(0).Select(p => p.First));
            }
        }
    }

    [Theory]
    [InlineData("504b0304", "this is a ZIP archive (so is a workbook of Excel, .xlsx). Unpack it first; save a workbook as CSV.")]
    [InlineData("425a683931415926535900", "this is packed by bzip2. Unpack it first, or pack it with gzip")]
    [InlineData("fd377a585a0000", "this is packed by xz.")]
    [InlineData("28b52ffd2400", "this is packed by zstd.")]
    [InlineData("504152311500", "this is a Parquet file. Set data.format to parquet where a job reads it; predict takes CSV.")]
    [InlineData("4152524f57310000", "this is an Arrow (Feather) file. Write it as Parquet or CSV.")]
    [InlineData("934e554d505901", "this is an array of NumPy (.npy).")]
    [InlineData("d0cf11e0a1b11ae1", "this is a workbook of Excel (.xls)")]
    [InlineData("76657273696f6e2068747470733a2f2f6769742d6c66732e", "this is a pointer that Git LFS keeps in the place of a file. Fetch the file itself: git lfs pull.")]
    [InlineData("61002c0079000a0031002c0078000a00", "this is UTF-16 text without the mark that says so. Convert it: iconv -f UTF-16LE -t UTF-8.")]
    [InlineData("0061002c0079000a0031002c0078000a", "this is UTF-16 text without the mark that says so. Convert it: iconv -f UTF-16BE -t UTF-8.")]
    public void A_file_of_another_kind_is_named_for_what_it_is(string bytes, string message)
    {
        var content = Convert.FromHexString(bytes);
        foreach (var name in new[] { "d", "d.gz" })
        {
            var path = _folder.Write(name, content);
            Assert.StartsWith($"{name}: {message}", DataFolder.Error(Csv(path)));
            Assert.StartsWith($"{name}: {message}", DataFolder.Error(Csv(path) with { Format = "libsvm", Label = null }));
            Assert.StartsWith($"{name}: {message}", DataFolder.Error(Text(path, TokenKind.Char)));
            if (content[0] != 0)
            {
                Assert.StartsWith($"{name}: {message}", DataFolder.Error(Csv(path) with { Format = "idx", Label = null, Labels = path }));
            }
        }
    }

    [Fact]
    public void A_column_may_be_called_like_a_signature() =>
        Assert.Equal(["1 2 x", "3 4 z"], Rows(Csv(_folder.Write("d.csv", "PAR1,BZh9,y\n1,2,x\n3,4,z\n"), 1)));

    [Fact]
    public void A_web_page_and_a_tar_archive_are_no_tables_and_bytes_may_be_anything()
    {
        Assert.StartsWith("d.csv: this is a web page or XML, not a table.", DataFolder.Error(Csv(_folder.Write("d.csv", "\n<!DOCTYPE HTML><title>404</title>"))));
        var tar = new byte[1024];
        "a.csv"u8.CopyTo(tar);
        "ustar"u8.CopyTo(tar.AsSpan(257));
        Assert.StartsWith("d.gz: this is a tar archive.", DataFolder.Error(Csv(_folder.Write("d.gz", tar))));
        Assert.Equal(255, ShardData.Read(DataFolder.Job(Text(_folder.Write("b", tar), TokenKind.Byte)), new SourcePart(_folder["b"], null, 0, 1)).Rows);
    }

    [Fact]
    public void What_says_it_is_utf_16_and_is_not_is_told()
    {
        byte[] odd = [0xff, 0xfe, (byte)'a', 0, 0, 0xd8, (byte)'b', 0];
        Assert.Equal("d: it begins with the mark of UTF-16 or UTF-32, but holds bytes that are none of it. Write it again as UTF-8.",
            DataFolder.Error(Csv(_folder.Write("d", odd))));
        Assert.StartsWith("d: it begins with the mark of UTF-16", DataFolder.Error(Text(_folder["d"], TokenKind.Char)));
    }

    [Fact]
    public void A_file_without_a_byte_among_others_has_no_rows_and_alone_is_refused()
    {
        Directory.CreateDirectory(_folder["p"]);
        _folder.Write("p/0.csv", "");
        _folder.Write("p/1.csv", "a,y\n1,x\n2,z\n");
        _folder.Write("p/2.csv", "");
        Assert.Equal(["1 x", "2 z"], Rows(Csv(_folder["p"], 1)));
        _folder.Write("p/3.csv.gz", "");
        Assert.Equal(["1 x", "2 z"], Rows(Csv(_folder["p"], 1)));
        Assert.Equal("0.csv: it is empty. The first line must name the columns.", DataFolder.Error(Csv(_folder["p/0.csv"])));
        Assert.Equal("3.csv.gz: it is empty. The first line must name the columns.", DataFolder.Error(Csv(_folder["p/3.csv.gz"])));
        Assert.Equal("h.csv: there is nothing to train on: it has no rows.", DataFolder.Error(Csv(_folder.Write("h.csv", "a,y\n"))));
        Assert.Equal("h.csv: there is nothing to train on: it has no rows.", DataFolder.Error(Csv(_folder.Write("h.csv", "a,y\r"))));
        Assert.StartsWith("e.svm: there is nothing to train on", DataFolder.Error(Csv(_folder.Write("e.svm", "")) with { Format = "libsvm", Label = null }));
    }
}
