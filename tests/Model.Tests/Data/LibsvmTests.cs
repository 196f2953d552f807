using System.Globalization;
using CsCheck;
using Granary.Jobs;
using Granary.Model.Data;

namespace Granary.Model.Tests.Data;

public sealed class LibsvmTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static DataSection Libsvm(string path, int shards = 1) => new() { Format = "libsvm", Path = path, Shards = shards };

    [Fact]
    public void What_is_left_out_is_zero()
    {
        var path = _folder.Write("d.svm", "# made by hand\n+1 1:0.5 3:-2e1 # a comment\n\n  -1\t2:1 \r\n-1\n+1 3:0");
        Assert.Equal(["0 0 0 +1", "0 0 0 -1", "0 1 0 -1", "0.5 0 -20 +1"], DataFolder.Lines(DataFolder.Union(DataFolder.Job(Libsvm(path)))));
        Assert.Equal(5, DataCheck.Run(DataFolder.Job(Libsvm(path) with { Features = 5 }), 1).Facts.Shape.Features);
    }

    [Fact]
    public void Numbers_of_queries_are_passed_over_with_a_warning()
    {
        JobWarning[] Warnings(string text) => [.. DataCheck.Inspect(DataFolder.Job(Libsvm(_folder.Write("q.svm", text), 2)), 1, withColumns: false).Warnings.Where(w => w.Kind == "queries-ignored")];
        const string Ranked = "2 qid:1 1:0.5 3:2 # a page\n0 qid:1 2:1\n1 qid:20\n0 qid:20 1:1\n";
        var warning = Assert.Single(Warnings(Ranked));
        Assert.Equal("q.svm: the rows have numbers of queries (qid), as files for ranking do: they are passed over, and each label is trained as a class.", warning.Message);
        Assert.Equal(["0 0 0 1", "0 1 0 0", "0.5 0 2 2", "1 0 0 0"], DataFolder.Lines(DataFolder.Union(DataFolder.Job(Libsvm(_folder["q.svm"], 2)))));
        Assert.Empty(Warnings(Ranked.Replace("qid:20", "", StringComparison.Ordinal).Replace("qid:1", "", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("x 1:1", "the label is 'x', which is not a finite number.")]
    [InlineData("nan 1:1", "the label is 'nan', which is not a finite number.")]
    [InlineData("1:1 2:2", "the label is '1:1', which is not a finite number.")]
    [InlineData("1 0:1", "the index 0 occurs, but indices count from 1. Write the file with indices from 1")]
    [InlineData("1 2:1 2:3", "the index 2 comes after 2, but indices must rise.")]
    [InlineData("1 3:1 2:3", "the index 2 comes after 3, but indices must rise.")]
    [InlineData("1 2", "'2' is not index:value with a whole index")]
    [InlineData("1 -2:1", "'-2:1' is not index:value with a whole index")]
    [InlineData("1 1:1 qid:3", "'qid:3' is not index:value with a whole index")]
    [InlineData("1 qid:x 1:1", "'qid:x' is not index:value with a whole index")]
    [InlineData("1 qid:3 qid:3 1:1", "'qid:3' is not index:value with a whole index")]
    [InlineData("1 3000000000:1", "'3000000000:1' is not index:value with a whole index of at most 268435456.")]
    [InlineData("1 2:", "'2:' is not index:value with a finite number as its value.")]
    [InlineData("1 2:inf", "'2:inf' is not index:value with a finite number")]
    [InlineData("1 2:0x1", "'2:0x1' is not index:value with a finite number")]
    [InlineData("1 5:1", "the index 5 is above the number of features, 4 (data.features).")]
    public void A_bad_line_is_named(string line, string message)
    {
        foreach (var name in new[] { "d.svm", "d.svm.gz" })
        {
            var path = _folder.Write(name, $"1 1:1\n-1 1:2\n\n{line}\n1 2:2\n");
            Assert.StartsWith($"{name}:4: {message}", DataFolder.Error(Libsvm(path, shards: 2) with { Features = 4 }));
        }
    }

    [Fact]
    public void A_file_of_labels_alone_has_nothing_to_learn_from()
    {
        Assert.Contains("a label but no features", DataFolder.Error(Libsvm(_folder.Write("d.svm", "1\n-1\n"))));
        Assert.Contains("there is nothing to train on", DataFolder.Error(Libsvm(_folder.Write("e.svm", "# nothing\n"))));
    }

    [Fact]
    public void A_check_shows_how_many_values_there_are_and_their_range()
    {
        var path = _folder.Write("d.svm", "1 1:0.5 3:-2\n-1 2:7\n1\n");
        var report = DataCheck.Inspect(DataFolder.Job(Libsvm(path, shards: 2)), 1, withColumns: true).Report;
        Assert.Equal(new SparseReport(3, -2, 7), report.Sparse);
        Assert.Equal([("-1", 1L), ("1", 2L)], report.Classes.Select(c => (c.Name, c.Training)));
        Assert.Equal(
            [("feature 1", 0.0, 0.5, 1L), ("feature 2", 0, 7, 1), ("feature 3", -2, 0, 1)],
            report.Columns.Select(c => (c.Name, c.Least!.Value, c.Greatest!.Value, c.Given!.Value)));
        Assert.All(report.Columns, c => Assert.Equal(0, c.Missing));
        Assert.Equal(2, report.Columns[0].Distinct); // 0 is one of them
    }

    [Fact]
    public void Few_features_are_looked_at_as_those_of_tables_and_many_are_not()
    {
        var rows = string.Concat(Enumerable.Range(0, 40).Select(i => $"{i % 2} 1:7 2:{i * 37 % 41 + 1} 4:{(i * 11 % 5) + 1}\n"));
        var found = DataCheck.Inspect(DataFolder.Job(Libsvm(_folder.Write("d.svm", rows), shards: 2)), 1, withColumns: true);
        Assert.Equal("d.svm: columns 'feature 1', 'feature 3' have the same value in every row: nothing can be learned from it.", Assert.Single(found.Warnings).Message);
        Assert.Equal([40L, 40, 0, 40], found.Report.Columns.Select(c => c.Given!.Value));
        var wide = DataCheck.Inspect(DataFolder.Job(Libsvm(_folder["d.svm"], shards: 2) with { Features = 61 }), 1, withColumns: true);
        Assert.Equal((0, 0), (wide.Report.Columns.Count, wide.Warnings.Count));
    }

    [Fact]
    public void A_validation_file_may_reach_further()
    {
        var data = Libsvm(_folder.Write("d.svm", "1 1:1\n-1 2:2\n")) with { Validation = new() { Path = _folder.Write("v.svm", "1 4:1\n") } };
        var facts = DataCheck.Run(DataFolder.Job(data), 1).Facts;
        Assert.Equal(4, facts.Shape.Features);
        using var examples = ShardData.Read(DataFolder.Job(data), 0).Prepare(facts);
        Assert.Equal([0, 0, 0, 1.0], examples.Validation(0, 1).Inputs.data<double>().ToArray());
        Assert.Equal([2, 4], examples.Training(0, 0, 2).Inputs.shape);
    }

    // Dense rows by (index, value), at least two classes, as the reader should find them.
    private static readonly Gen<double[][]> Tables = Gen.Select(Gen.Int[2, 40], Gen.Int[1, 6]).SelectMany((rows, features) =>
        Gen.Select(Gen.Bool, Gen.Double[-5, 5]).Select(v => v.Item1 ? 0 : v.Item2).Array[features].Array[rows]);

    private static string Sparse(double[][] table, Func<int, string> ending) => string.Concat(table.Select((row, i) =>
        $"{i % 2}{string.Concat(row.Index().Where(x => x.Item != 0).Select(x => FormattableString.Invariant($" {x.Index + 1}:{x.Item.ToString("R", CultureInfo.InvariantCulture)}")))}{ending(i)}"));

    [Fact]
    public void Shards_together_read_every_row_once() => Gen.Select(Tables, Gen.Int[1, 7], Gen.Int[0, 2]).Sample((table, shards, zip) =>
    {
        if (table.Length < Math.Max(3, shards) || table.All(r => r.All(x => x == 0))) // two rows, one in each file, are of one class
        {
            return;
        }

        var cut = table.Length / 2;
        var folder = Directory.CreateDirectory(_folder[Guid.NewGuid().ToString("N")]).FullName;
        _folder.Write(Path.Combine(folder, $"0.svm{(zip == 1 ? ".gz" : "")}"), Sparse(table[..cut], i => i % 3 == 0 ? "\r\n" : "\n"));
        _folder.Write(Path.Combine(folder, $"1.svm{(zip == 2 ? ".gz" : "")}"), Sparse(table[cut..], i => i == table.Length - cut - 1 ? "" : "\n"));
        var features = table[0].Length;
        var data = Libsvm(Path.Combine(folder, "*"), shards) with { Features = features };
        var labels = Enumerable.Range(0, cut).Concat(Enumerable.Range(0, table.Length - cut)).Select(i => $"{i % 2}");
        Assert.Equal(
            DataFolder.Lines(table.Zip(labels)),
            DataFolder.Lines(DataFolder.Union(DataFolder.Job(data))));
    }, iter: 60);

    [Fact]
    public void Standardised_it_is_the_same_table_as_csv() => Gen.Select(Tables, Gen.Int[1, 5]).Sample((table, shards) =>
    {
        if (table.Length < shards)
        {
            return;
        }

        var name = Guid.NewGuid().ToString("N");
        var features = table[0].Length;
        var header = string.Join(',', Enumerable.Range(0, features).Select(i => $"x{i}")) + ",y\n";
        var csv = new DataSection
        {
            Format = "csv",
            Path = _folder.Write(name + ".csv", header + string.Concat(table.Select((r, i) => string.Join(',', r.Select(x => x.ToString("R", CultureInfo.InvariantCulture))) + $",{i % 2}\n"))),
            Label = "y",
            Shards = shards,
            Standardize = true,
        };
        var svm = Libsvm(_folder.Write(name + ".svm", Sparse(table, _ => "\n")), shards) with { Features = features, Standardize = true };
        var expected = Sorted(csv);
        var seen = Sorted(svm);
        Assert.Equal(expected.Length, seen.Length);
        Assert.All(expected.Zip(seen), p => Assert.Equal(p.First, p.Second, 1e-9));
    }, iter: 40);

    private static double[] Sorted(DataSection data)
    {
        var rows = DataFolder.Union(DataFolder.Job(data));
        return [.. Enumerable.Range(0, rows[0].X.Length).SelectMany(f => rows.Select(r => r.X[f]).Order())];
    }
}
