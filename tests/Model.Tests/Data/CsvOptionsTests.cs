using System.Globalization;
using CsCheck;
using Granary.Jobs;
using Granary.Model.Data;

namespace Granary.Model.Tests.Data;

public sealed class CsvOptionsTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static DataSection Csv(string path, int shards = 1) => new() { Format = "csv", Path = path, Label = "y", Shards = shards };

    [Theory]
    [InlineData("d.csv")]
    [InlineData("d.csv.gz")]
    public void Any_ascii_character_can_stand_between_cells(string name)
    {
        foreach (var delimiter in Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Append('\t').Where(c => !char.IsAsciiLetterOrDigit(c)).Except("\"?!"))
        {
            var text = $"a,y,b\n1,?,2\n\n3,\"?,!\",4\n5,?,6\n".Replace(',', delimiter);
            var job = DataFolder.Job(Csv(_folder.Write(name, text), shards: 2) with { Delimiter = $"{delimiter}", MissingSpellings = [] });
            Assert.Equal(["1 2 ?", $"3 4 ?{delimiter}!", "5 6 ?"], DataFolder.Lines(DataFolder.Union(job)));
        }
    }

    [Fact]
    public void A_row_that_begins_with_a_hash_is_a_row()
    {
        var path = _folder.Write("d.csv", "y,a\n#p,1\nq,2\n#p,3\n");
        Assert.Equal(["1 #p", "2 q", "3 #p"], DataFolder.Lines(DataFolder.Union(DataFolder.Job(Csv(path)))));
    }

    [Fact]
    public void Ignored_columns_may_hold_anything()
    {
        var path = _folder.Write("d.csv", "id,a,note,y\nx1,1,,p\nx2,2,good,q\n");
        var job = DataFolder.Job(Csv(path) with { Ignore = ["note", "id"] });
        Assert.Equal(["1 p", "2 q"], DataFolder.Lines(DataFolder.Union(job)));
        Assert.Equal(["a"], DataCheck.Run(job, 1).Facts.Columns);
    }

    [Theory]
    [InlineData("d.csv")]
    [InlineData("d.csv.gz")]
    public void Labels_and_column_names_that_are_not_utf8_are_refused_where_they_stand(string name)
    {
        // Read leniently, caf\u00e9 and caf\u00e8 would be one class, and the two columns would have one name.
        byte[] Latin(string text) => System.Text.Encoding.Latin1.GetBytes(text);
        var labels = DataFolder.Error(Csv(_folder.Write(name, Latin("a,y\n1,cafe\n\n2,caf\u00e9\n3,caf\u00e8\n"))));
        Assert.Equal($"{name}:4: byte 6 of the line (0xe9) is no part of a UTF-8 character. Convert the file to UTF-8 (if it is Latin-1: iconv -f LATIN1 -t UTF-8).", labels);
        var header = DataFolder.Error(Csv(_folder.Write(name, Latin("\u00e9,\u00e8,y\n1,2,p\n3,4,q\n"))));
        Assert.StartsWith($"{name}:1: byte 1 of the line (0xe9) is no part of a UTF-8 character.", header);

        // Very many that really are U+FFFD: each is looked at once, and the line that is none is found behind them.
        var many = _folder.Write(name, [.. "a,y\n"u8, .. Enumerable.Range(0, 100_000).SelectMany(_ => "1,\ufffd\n"u8.ToArray()), .. Latin("2,\u00e9\n")]);
        Assert.StartsWith($"{name}:100002: byte 3 of the line (0xe9)", DataFolder.Error(Csv(many) with { Shards = 1 }));

        // What is ignored, and what really is U+FFFD, does no harm.
        var fine = Csv(_folder.Write(name, [.. "n,a,y\n"u8, .. Latin("\u00e9,1,p\n"), .. "x,2,\ufffd\n"u8])) with { Ignore = ["n"] };
        Assert.Equal(["1 p", "2 \ufffd"], DataFolder.Lines(DataFolder.Union(DataFolder.Job(fine))));
    }

    [Fact]
    public void Columns_that_are_not_there_are_named()
    {
        var path = _folder.Write("d.csv", "a,y\n1,p\n2,q\n");
        Assert.Equal("d.csv:1: there is no column 'b' (data.ignore). The columns are: a, y.", DataFolder.Error(Csv(path) with { Ignore = ["b"] }));
        Assert.Contains("no column besides the label 'y' and the ignored ones", DataFolder.Error(Csv(path) with { Ignore = ["a"] }));
        Assert.Equal("d.csv:1: there is no column 'y' (data.label). The columns are: a,y. There is one column, and it holds ',': set data.delimiter to \",\".",
            DataFolder.Error(Csv(path) with { Delimiter = ";" }));
    }

    [Fact]
    public void Missing_values_are_refused_unless_they_are_to_be_filled()
    {
        Assert.StartsWith("d.csv:3: column 'a' holds 'NA': fill it in, leave the row out, or set data.missing to mean", DataFolder.Error(Csv(_folder.Write("d.csv", "a,y\n1,p\nNA,q\n"))));
        var filled = Csv(_folder.Write("e.csv", "a,y\n1,p\nnan?,q\n")) with { Missing = MissingValues.Mean };
        Assert.StartsWith("e.csv:3: column 'a' holds 'nan?', which is not a number", DataFolder.Error(filled));
        Assert.Contains("column 'a' holds 'Infinity', which is not a finite number", DataFolder.Error(filled with { Path = _folder.Write("f.csv", "a,y\n1,p\nInfinity,q\n") }));
        Assert.Contains("column 'y' is empty: every row needs a label", DataFolder.Error(filled with { Path = _folder.Write("g.csv", "a,y\n1,p\n2,\n") }));
        Assert.Contains("h.csv: column 'b' has no value in the training part", DataFolder.Error(filled with { Path = _folder.Write("h.csv", "a,b,y\n1,,p\n2,NA,q\n") }));
    }

    [Theory]
    [InlineData("d.csv")]
    [InlineData("d.csv.gz")]
    public void Rows_with_cells_of_one_sort_in_a_column_are_counted(string name)
    {
        string Error(MissingValues missing, params string[] cells)
        {
            var rows = Enumerable.Range(0, 30).Select(i => $"{i},{(i >= 20 && i - 20 < cells.Length ? cells[i - 20] : "1")},c{i % 2}\n");
            var data = Csv(_folder.Write(name, "b,a,y\n" + string.Concat(rows)), shards: 3);
            return DataFolder.Error(data with { Missing = missing, MissingSpellings = ["NA", "-9"] });
        }

        Assert.Equal($"{name}:22: column 'a' holds 'NA': fill it in, leave the row out, or set data.missing to mean: 3 rows, of which this is the first, have no value there.", Error(MissingValues.Refuse, "NA", "-9.0", "2", ""));
        Assert.Equal($"{name}:23: column 'a' holds 'x', which is not a number: 2 rows, of which this is the first, have such a cell. If the column is no feature, name it in data.ignore; if it holds categories or texts, describe it in data.columns; "
            + "if 'x' stands for a missing value, set data.missingValues to [NA, -9, x] (the list replaces the usual one).", Error(MissingValues.Mean, "NA", "x", "", "y", "Infinity", "-9"));
        Assert.Equal($"{name}:22: column 'a' holds 'Infinity', which is not a finite number: 2 rows, of which this is the first, have such a cell: fill it in, or leave the row out.", Error(MissingValues.Refuse, "Infinity", "-Infinity", "1"));
        Assert.Equal($"{name}:23: column 'a' is empty: fill it in, leave the row out, or set data.missing to mean.", Error(MissingValues.Refuse, "3", "", "1"));
    }

    [Theory]
    [InlineData("d.csv")]
    [InlineData("d.csv.gz")]
    public void Every_usual_spelling_of_a_missing_value_is_one(string name)
    {
        foreach (var spelling in MissingSpellings.Usual)
        {
            var csv = Csv(_folder.Write(name, $"a,y\n1,p\n {spelling} ,q\n4,p\n\"{spelling}\",q\n"));
            Assert.StartsWith($"{name}:3: column 'a' holds '{spelling}': fill it in, leave the row out, or set data.missing to mean", DataFolder.Error(csv), StringComparison.Ordinal);
            Assert.Equal(["1 p", "2.5 q", "2.5 q", "4 p"], DataFolder.Lines(DataFolder.Union(DataFolder.Job(csv with { Missing = MissingValues.Mean }))));
        }
    }

    [Fact]
    public void The_job_says_what_stands_for_a_missing_value()
    {
        var csv = Csv(_folder.Write("d.csv", "a,y\n1,p\n-999,q\n-999.0,q\n3,p\n.,q\n")) with { Missing = MissingValues.Mean, MissingSpellings = ["-999", "."] };
        Assert.Equal(["1 p", "2 q", "2 q", "2 q", "3 p"], DataFolder.Lines(DataFolder.Union(DataFolder.Job(csv))));
        Assert.Equal("d.csv:6: column 'a' holds '.', which is not a number. If the column is no feature, name it in data.ignore; if it holds categories or texts, describe it in data.columns; if '.' stands for a missing value, set "
            + "data.missingValues to [NA, -999, \".\"] (the list replaces the usual one).", DataFolder.Error(csv with { MissingSpellings = ["NA", "-999"] }));
    }

    [Fact]
    public void A_missing_value_becomes_the_mean_of_the_training_part() => Gen.Select(Gen.Double[-9, 9].Array[6, 30], Gen.Int[1, 5], Gen.Int).Sample((numbers, shards, seed) =>
    {
        var random = new Random(seed);
        var cells = numbers.Select(x => random.Next(3) == 0 ? (double?)null : x).ToArray();
        (cells[0], cells[1]) = (1.5, -2);
        var text = "a,y\n" + string.Concat(cells.Select((x, i) => FormattableString.Invariant($"{(x is { } number ? number.ToString("R", CultureInfo.InvariantCulture) : i % 2 == 0 ? "" : "NA")},{i % 2}\n")));
        var job = DataFolder.Job(Csv(_folder.Write($"{shards}-{seed}.csv", text), shards) with { Missing = MissingValues.Mean });
        var mean = cells.Where(x => x is not null).Average(x => x!.Value);
        var expected = cells.Select(x => x ?? mean).Order().ToArray();
        var seen = DataFolder.Union(job).Select(e => e.X[0]).Order().ToArray();
        Assert.Equal(expected.Length, seen.Length);
        Assert.All(expected.Zip(seen), p => Assert.Equal(p.First, p.Second, 1e-12));
    }, iter: 30);

    [Fact]
    public void Held_out_rows_have_no_say_in_the_mean()
    {
        var path = _folder.Write("d.csv", "a,b,y\n" + string.Concat(Enumerable.Range(0, 40).Select(i => FormattableString.Invariant($"{(i % 4 == 0 ? "" : $"{i * i}")},{i},c{i % 2}\n"))));
        var job = DataFolder.Job(Csv(path, shards: 3) with { Missing = MissingValues.Mean, Standardize = true, Validation = new() { Fraction = 0.5 } });
        var rows = DataFolder.Union(job);
        var facts = DataCheck.Run(job, 1).Facts;
        Assert.Equal(facts.Fill!, facts.Scaling!.Mean);
        for (var f = 0; f < 2; f++)
        {
            Assert.Equal(0, rows.Average(r => r.X[f]), 1e-12);
            Assert.Equal(1, rows.Average(r => r.X[f] * r.X[f]), 1e-12);
        }
    }

    [Fact]
    public void Files_of_a_glob_are_read_as_one() => Gen.Select(Gen.Int[0, 25].Array[1, 4], Gen.Int[1, 7], Gen.Int[0, 3], Gen.Bool).Sample((sizes, shards, zipped, bom) =>
    {
        if (sizes.Sum() < Math.Max(2, shards))
        {
            return;
        }

        var folder = Directory.CreateDirectory(_folder[Guid.NewGuid().ToString("N")]).FullName;
        var (all, next) = (new List<string>(), 0);
        for (var i = 0; i < sizes.Length; i++)
        {
            string[] rows = [.. Enumerable.Range(next, sizes[i]).Select(n => $"{n},c{n % 2}")];
            next += sizes[i];
            all.AddRange(rows.Select(r => r.Replace(',', ' ')));
            var end = i % 2 == 0 ? "\n" : "\r\n";
            _folder.Write(Path.Combine(folder, $"{i}.csv{(i == zipped ? ".gz" : "")}"), (bom ? "\ufeff" : "") + "a,y" + end + string.Join(end, rows) + (i == 1 ? end : ""));
        }

        Assert.Equal(all.Order(StringComparer.Ordinal), DataFolder.Lines(DataFolder.Union(DataFolder.Job(Csv(Path.Combine(folder, "*"), shards)))));
    }, iter: 60);

    [Fact]
    public void Dealt_lines_make_even_shards_whatever_is_blank()
    {
        var path = _folder.Write("d.csv.gz", "a,y\n" + string.Concat(Enumerable.Range(0, 22).Select(i => $"{i},c{i % 2}\n\n  \n")));
        Assert.Equal([6L, 6, 5, 5], DataCheck.Run(DataFolder.Job(Csv(path, shards: 4)), 2).Facts.TrainingRows);
    }

    [Fact]
    public void The_file_that_is_unlike_the_others_is_blamed_and_a_pattern_that_leaves_it_out_is_named()
    {
        Directory.CreateDirectory(_folder["in"]);
        _folder.Write("in/a-notes.txt", "hello\n");
        _folder.Write("in/part-0.csv", "a,b,y\n1,2,p\n1,3,q\n");
        const string Message = "a-notes.txt:1: it has 1 column, but part-0.csv has 3. Files that are read as one need the same columns. If it is no data, leave it out by a pattern, such as ";
        Assert.Equal(Message + _folder["in/*.csv."], DataFolder.Error(Csv(_folder["in"])));
        Assert.Equal(Message + _folder["in/*.csv."], DataFolder.Error(Csv(_folder["in/*"])));
        Assert.Equal(Message + _folder["in/**/*.csv."], DataFolder.Error(Csv(_folder["in/**"])));
        Assert.Equal(Message + _folder["**/*.csv."], DataFolder.Error(Csv(_folder["**/*-?*"])));
        _folder.Write("in/a-notes.txt", "1,2,3\n"); // as many columns, without the label
        Assert.StartsWith("a-notes.txt:1: column 1 is '1', but in part-0.csv it is 'a'.", DataFolder.Error(Csv(_folder["in"])));
        Directory.CreateDirectory(_folder["in/more"]);
        Assert.EndsWith($"such as {_folder["in/**/*.csv"]}.", DataFolder.Error(Csv(_folder["in"])), StringComparison.Ordinal);
        File.Delete(_folder["in/a-notes.txt"]);
        Assert.Equal(2, DataCheck.Run(DataFolder.Job(Csv(_folder["in"])), 1).Facts.TrainingRows.Sum());
        _folder.Write("in/a.csv", "a,y\n1,p\n");
        _folder.Write("in/b.csv", "a,b,y\n1,2,p\n");
        Assert.StartsWith("a.csv:1: it has 2 columns, but b.csv has 3.", DataFolder.Error(Csv(_folder["in"]))); // two are of one mind
    }

    [Fact]
    public void Names_of_columns_are_compared_one_by_one() => Assert.StartsWith("2.parquet: it has 3 columns, but 1.parquet has 2.", Assert.Throws<JobException>(() =>
        TableColumns.RequireSame("in", [("1.parquet", "1.parquet", ["a\nb", "y"]), ("2.parquet", "2.parquet", ["a", "b", "y"])], "y")).Message);

    [Fact]
    public void Held_out_rows_with_an_unknown_label_are_counted_and_the_first_is_named_by_its_line()
    {
        var own = _folder.Write("t.csv", "a,y\n" + string.Concat(Enumerable.Range(0, 6).Select(i => $"{i},{i % 2}\n")));
        foreach (var name in new[] { "v.csv", "v.csv.gz" })
        {
            string Error(string rows) => DataFolder.Error(Csv(own, shards: 2) with { Validation = new() { Path = _folder.Write(name, "a,y\n1,0.0\n\n2,1.0\n" + rows) } });
            Assert.Equal($"{name}:5: 3 rows, of which this is the first, have the label 2, which t.csv does not have (it has 0 and 1): leave these rows out, or add rows of class 2 to t.csv.",
                Error("3,2.0\n4,2\n5,0\n6,+2\n"));
            Assert.Equal($"{name}:6: this row has the label 2, which t.csv does not have (it has 0 and 1): leave this row out, or add rows of class 2 to t.csv.", Error("3,1\n4,2.0\n"));
            Assert.Equal($"{name}:5: 2 rows, of which this is the first, have the labels 'two' and 3, which t.csv does not have (it has 0 and 1): leave these rows out, or add rows of these classes to t.csv.",
                Error("4,two\n9,3\n"));
        }
    }

    [Fact]
    public void Another_header_is_named_with_its_file()
    {
        _folder.Write("a.csv", "a,b,y\n1,2,p\n");
        var glob = Csv(_folder["?.csv"]);
        _folder.Write("b.csv", "a,c,y\n1,2,q\n");
        Assert.Equal("b.csv:1: column 2 is 'c', but in a.csv it is 'b'. Files that are read as one need the same columns. If it is no data, move it elsewhere.", DataFolder.Error(glob));
        _folder.Write("b.csv", "a,y\n1,q\n");
        Assert.StartsWith("b.csv:1: it has 2 columns, but a.csv has 3.", DataFolder.Error(glob));
        _folder.Write("b.csv", "\n1,2,q\n");
        Assert.StartsWith("b.csv:1: the header line is empty", DataFolder.Error(glob));
        _folder.Write("b.csv", "a, b ,y\n1,x,q\n");
        Assert.StartsWith("b.csv:2: column 'b' holds 'x'", DataFolder.Error(glob with { Shards = 2 }));
    }

    [Fact]
    public void Errors_in_gzipped_files_have_their_true_line()
    {
        var rows = string.Concat(Enumerable.Range(0, 50).Select(i => i == 44 ? "\nx,p\n" : $"{i},{(i % 2 == 0 ? "p" : "q")}\n"));
        var path = _folder.Write("d.csv.gz", "a,y\n" + rows);
        Assert.StartsWith("d.csv.gz:47: column 'a' holds 'x'", DataFolder.Error(Csv(path, shards: 4)));
        Assert.StartsWith("e.csv.gz:4: a quoted cell goes on", DataFolder.Error(Csv(_folder.Write("e.csv.gz", "a,y\n1,p\n2,q\n3,\"p\nq\"\n"), shards: 2)));
    }

    [Fact]
    public void Damaged_gzip_is_told()
    {
        var path = _folder.Write("d.csv.gz", "a,y\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i * 7919 % 5003},c{i % 2}\n")));
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
        Assert.StartsWith("d.csv.gz: its gzip data is damaged", DataFolder.Error(Csv(path)));
        bytes[bytes.Length / 2] ^= 0xff;
        File.WriteAllBytes(path, bytes);
        Assert.StartsWith("d.csv.gz: its gzip data is damaged", DataFolder.Error(Csv(path)));
    }

    [Fact]
    public void A_validation_file_needs_the_columns_that_are_trained_on()
    {
        var path = _folder.Write("d.csv", "a,b,y\n1,2,p\n3,4,q\n");
        Assert.StartsWith("v.csv: feature 1 is 'b', but in d.csv it is 'a'", DataFolder.Error(Csv(path) with { Validation = new() { Path = _folder.Write("v.csv", "b,a,y\n1,2,p\n") } }));
        Assert.StartsWith("w.csv: its examples have 1 feature, those of d.csv have 2.", DataFolder.Error(Csv(path) with { Validation = new() { Path = _folder.Write("w.csv", "b,y\n1,p\n") } }));
    }

    [Fact]
    public void A_row_of_very_many_cells_is_a_row()
    {
        var names = string.Join(',', Enumerable.Range(0, 60_000).Select(i => $"feature{i}"));
        var path = _folder.Write("d.csv", $"{names},y\n{string.Join(',', Enumerable.Repeat("0.125", 60_000))},p\n{string.Join(',', Enumerable.Repeat("1", 60_000))},q\n");
        Assert.Equal(60_000, DataCheck.Run(DataFolder.Job(Csv(path)), 1).Facts.Shape.Features);
    }
}
