using System.Globalization;
using System.Text;
using CsCheck;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Data.Checking;

namespace Granary.Model.Tests.Data;

/// <summary>What a check shows of data, beside what LINQ says of the same numbers.</summary>
public sealed class DataInspectionTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static DataSection Csv(string path, int shards = 3) => new() { Format = "csv", Path = path, Label = "y", Shards = shards, Missing = MissingValues.Mean };

    private DataInspection Inspect(string name, string text, int shards = 3) => DataCheck.Inspect(DataFolder.Job(Csv(_folder.Write(name, text), shards)), 2, withColumns: true);

    private static string Cell(double? x) => x?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    [Fact]
    public void Every_column_is_described_as_it_is() =>
        Gen.Select(Gen.OneOf(Gen.Int[-9, 9].Select(i => (double?)i), Gen.Double[-9, 9].Select(d => (double?)d), Gen.Const((double?)null)).Array[5].Array[24, 80], Gen.Int[1, 6]).Sample((rows, shards) =>
        {
            rows[0] = [1, 2, 3, 4, 5]; // no column without a value in the training part
            var text = "a,b,c,d,e,y\n" + string.Concat(rows.Select((r, i) => $"{string.Join(',', r.Select(Cell))},c{i % 3}\n"));
            var found = Inspect($"{Guid.NewGuid():N}.csv", text, shards);
            for (var f = 0; f < 5; f++)
            {
                var (column, values) = (found.Report.Columns[f], rows.Select(r => r[f]).OfType<double>().ToArray());
                Assert.Equal(((double?)values.Min(), (double?)values.Max(), rows.LongCount(r => r[f] is null)), (column.Least, column.Greatest, column.Missing));
                Assert.Equal(values.Average(), column.Mean!.Value, 1e-9);
                Assert.Equal(values.All(v => v == Math.Floor(v)), column.IsWhole);
                Assert.Equal(values.Distinct().Count() is <= FeatureScan.MostDistinct and var count ? count : null, column.Distinct);
            }
        }, iter: 60);

    [Fact]
    public void Numbers_whose_sum_is_too_large_have_no_mean()
    {
        var found = Inspect("d.csv", "a,y\n1e308,p\n1.5e308,q\n1.5e308,p\n", shards: 1);
        Assert.Equal((1.5e308, (double?)null), (found.Report.Columns[0].Greatest!.Value, found.Report.Columns[0].Mean));
    }

    [Fact]
    public void Classes_have_their_counts()
    {
        var text = "a,y\n" + string.Concat(Enumerable.Range(0, 90).Select(i => $"{i % 7},{(i % 3 == 0 ? "p" : "q")}\n"));
        var job = DataFolder.Job(Csv(_folder.Write("d.csv", text)) with { Validation = new() { Fraction = 0.2 } });
        var found = DataCheck.Inspect(job, 2, withColumns: false);
        Assert.Equal([("p", 30L), ("q", 60L)], found.Report.Classes.Select(c => (c.Name, c.Training + c.HeldOut)));
        Assert.Equal((72L, 18L), (found.Report.Classes.Sum(c => c.Training), found.Report.Classes.Sum(c => c.HeldOut)));
        Assert.Empty(found.Report.Columns);
        Assert.Equal((job.Data.Path, (long)text.Length), Assert.Single(found.Report.Files.Select(f => (f.Path, f.Bytes))));
        Assert.Empty(found.Warnings);
    }

    [Theory]
    [InlineData("9007199254740993", 1)] // above 2^53, where whole numbers next to each other may be one double
    [InlineData("1700000000000000000", 37)] // nanoseconds
    [InlineData("1700000000000000000", 5_000_000_000)]
    public void Large_numbers_that_rise_are_doubtful_too(string first, long step)
    {
        var text = "id,a,y\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"{long.Parse(first, CultureInfo.InvariantCulture) + (i * step)},{i * 37 % 60},{(i < 30 ? "p" : "q")}\n"));
        Assert.Equal("row-number", Assert.Single(Inspect("d.csv", text).Warnings).Kind);
        var constant = "id,a,y\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"{first},{i * 37 % 60},{(i < 30 ? "p" : "q")}\n"));
        Assert.Equal("constant-column", Assert.Single(Inspect("e.csv", constant).Warnings).Kind);
    }

    [Theory]
    [InlineData("d.csv")]
    [InlineData("d.csv.gz")]
    public void A_column_that_numbers_the_rows_is_doubtful(string name)
    {
        var text = "id,a,y\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"{i + 7},{i * 37 % 60},{(i < 30 ? "p" : "q")}\n"));
        var warning = Assert.Single(Inspect(name, text).Warnings);
        Assert.Equal("row-number", warning.Kind);
        Assert.StartsWith($"{name}: column 'id' holds whole numbers that rise from row to row", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_that_says_the_label_is_doubtful()
    {
        var text = "code,a,y\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"{(i % 3) * 10},{i * 37 % 60},c{i % 3}\n"));
        Assert.Equal(("label-leak", true), Assert.Single(Inspect("d.csv", text).Warnings.Select(w => (w.Kind, w.Message.Contains("column 'code' has one value for each label", StringComparison.Ordinal)))));
        var almost = text.Replace("10,37,c1", "0,37,c1", StringComparison.Ordinal);
        Assert.NotEqual(text, almost);
        Assert.Empty(Inspect("e.csv", almost).Warnings);
    }

    [Fact]
    public void Constant_columns_and_odd_labels_are_doubtful()
    {
        var text = "k,a,y\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"3,{i * 37 % 60},{(i == 9 ? "Yes" : i % 3 == 0 ? "yes" : "no")}\n"));
        Assert.Equal(["label-case", "rare-label", "constant-column"], Inspect("d.csv", text).Warnings.Select(w => w.Kind));
    }

    [Fact]
    public void What_tells_the_label_is_said_before_all_else()
    {
        // 'code' tells the label, 'id' rises, 'gap' is missing in one class, 'far' has a code, 'k' never changes; one label is rare, and the first column has no name.
        var text = ",far,k,gap,id,code,y\n" + string.Concat(Enumerable.Range(0, 90).Select(i =>
            $"{i},{(i % 30 == 7 ? "-999" : $"{(i * 37 % 90) + 0.5}")},3,{(i % 3 == 1 ? "" : $"{(i * 41 % 97) + 0.25}")},{i + 7},{(i == 89 ? 3 : i % 3)},{(i == 89 ? "rare" : $"c{i % 3}")}\n"));
        var path = Directory.CreateDirectory(_folder["in"]).FullName;
        _folder.Write("in/t.csv", text);
        _folder.Write("in/.t.csv", text);
        var warnings = DataCheck.Inspect(DataFolder.Job(Csv(path)), 2, withColumns: false).Warnings;
        Assert.Equal(
            ["label-leak", "missing-by-label", "row-number", "rare-label", "hidden-files", "index-column", "missing-code", "missing-values", "constant-column"],
            warnings.Select(w => w.Kind));
        Assert.All(warnings, w => Assert.StartsWith("in: ", w.Message, StringComparison.Ordinal)); // one name for one source
        Assert.DoesNotContain(warnings, w => w.Message.Contains('?', StringComparison.Ordinal) && w.Kind != "missing-code"); // sentences, of which only a list of spellings has the mark
    }

    [Fact]
    public void One_number_in_two_spellings_is_said()
    {
        var text = "a,y\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"{i * 37 % 60},{(i % 4) switch { 0 => "0", 1 => "1", 2 => "0.0", _ => "1" }}\n"));
        Assert.Contains("the labels '0', '0.0' are one number", Assert.Single(Inspect("d.csv", text).Warnings).Message);
    }

    [Fact]
    public void A_doubtful_target_is_said()
    {
        var text = "a,y\n" + string.Concat(Enumerable.Range(0, 900).Select(i => $"{i * 37 % 901},{100 + (17 * (i % 30))}\n"));
        Assert.Equal("continuous-target", Assert.Single(Inspect("d.csv", text).Warnings).Kind);
        var insisting = DataFolder.Job(Csv(_folder["d.csv"]) with { Target = LabelTarget.Classes });
        Assert.Empty(DataCheck.Inspect(insisting, 1, withColumns: false).Warnings);
    }

    [Fact]
    public void The_data_says_how_a_file_was_read()
    {
        var text = "a;y\n" + string.Concat(Enumerable.Range(0, 30).Select(i => $"{i * 37 % 60};{(i % 3 == 0 ? "p" : "q")}\n"));
        string? Form(string name, byte[] bytes)
        {
            var report = DataCheck.Inspect(DataFolder.Job(Csv(_folder.Write(name, bytes)) with { Delimiter = ";" }), 1, withColumns: true).Report;
            Assert.Equal(";", report.Delimiter);
            return report.Files[0].Form;
        }

        Assert.Null(Form("d.csv", Encoding.UTF8.GetBytes(text)));
        Assert.Null(Form("w.csv", Encoding.UTF8.GetBytes(text.Replace("\n", "\r\n", StringComparison.Ordinal))));
        Assert.Equal("gzip", Form("d.csv.gz", Encoding.UTF8.GetBytes(text)));
        Assert.Equal("UTF-16", Form("u.csv", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(text)]));
        Assert.Equal("gzip, UTF-32", Form("u.csv.gz", [.. Encoding.UTF32.Preamble, .. Encoding.UTF32.GetBytes(text)]));
        Assert.Equal("lines end in CR", Form("m.csv", Encoding.UTF8.GetBytes(text.Replace('\n', '\r'))));
    }

    [Fact]
    public void A_text_has_its_tokens_and_vocabulary()
    {
        var data = new DataSection { Format = "text", Path = _folder.Write("t.txt", "hello\nworld\nhello\n"), Shards = 1 };
        var text = DataCheck.Inspect(DataFolder.Job(data), 1, withColumns: true).Report.Text!;
        Assert.Equal(("char", 18L, 8, 0L), (text.Tokens, text.Count, text.Vocabulary, text.Unknown));
        Assert.Equal(["\n", "d", "e", "h", "l", "o", "r", "w"], text.Known);
    }
}
