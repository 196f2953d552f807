using CsCheck;
using Granary.Jobs;
using Granary.Model.Data;
using Parquet;
using Parquet.Schema;

namespace Granary.Model.Tests.Data;

public sealed class ParquetTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static DataSection Parquet(string path, int shards = 1) => new() { Format = DataFormat.Parquet, Path = path, Label = "y", Shards = shards };

    private static readonly DataField[] Plain = [new DataField<double>("a"), new DataField<int>("b"), new DataField<string>("y")];

    /// <summary>Writes one file; groups[g][c] is an array of column c's values.</summary>
    private string Write(string name, Field[] fields, params Array[][] groups)
    {
        using var file = File.Create(_folder[name]);
        WriteAsync(file, new ParquetSchema(fields), groups).GetAwaiter().GetResult();
        return _folder[name];
    }

    private static async Task WriteAsync(Stream file, ParquetSchema schema, Array[][] groups)
    {
        await using var writer = await ParquetWriter.CreateAsync(schema, file);
        foreach (var group in groups)
        {
            using var rows = writer.CreateRowGroup();
            for (var c = 0; c < group.Length; c++)
            {
                var field = schema.DataFields[c];
                await (group[c] switch
                {
                    Array x when x.GetType() == typeof(ulong[]) => rows.WriteAsync<ulong>(field, (ulong[])x), // which long[] would match too
                    double[] x => rows.WriteAsync<double>(field, x),
                    double?[] x => rows.WriteAsync<double>(field, x),
                    float[] x => rows.WriteAsync<float>(field, x),
                    int[] x => rows.WriteAsync<int>(field, x),
                    long[] x => rows.WriteAsync<long>(field, x),
                    bool[] x => rows.WriteAsync<bool>(field, x),
                    DateTime[] x => rows.WriteAsync<DateTime>(field, x),
                    string[] x => rows.WriteAsync(field, x),
                    _ => throw new NotSupportedException(),
                });
            }
        }
    }

    [Fact]
    public void Row_groups_together_are_read_once() => Gen.Select(Gen.Int[0, 9].Array[1, 12], Gen.Int[1, 6], Gen.Bool).Sample((sizes, shards, split) =>
    {
        if (sizes.Sum() < 2 || sizes.Count(s => s > 0) < shards)
        {
            return;
        }

        var starts = sizes.Select((_, g) => sizes[..g].Sum()).ToArray();
        var groups = sizes.Select((n, g) => new Array[]
        {
            Enumerable.Range(starts[g], n).Select(i => i / 8.0).ToArray(),
            Enumerable.Range(starts[g], n).Select(i => -i).ToArray(),
            Enumerable.Range(starts[g], n).Select(i => $"c{i % 2}").ToArray(),
        }).ToArray();
        var folder = Guid.NewGuid().ToString("N");
        Directory.CreateDirectory(_folder[folder]);
        var cut = split ? groups.Length / 2 : 0;
        Write(Path.Combine(folder, "0.parquet"), Plain, groups[..cut]);
        Write(Path.Combine(folder, "1.parquet"), Plain, groups[cut..]);
        Assert.Equal(
            DataFolder.Lines(Enumerable.Range(0, sizes.Sum()).Select(i => (new[] { i / 8.0, -i }, $"c{i % 2}"))),
            DataFolder.Lines(DataFolder.Union(DataFolder.Job(Parquet(_folder[Path.Combine(folder, "*.parquet")], shards)))));
    }, iter: 40);

    [Fact]
    public void Every_kind_of_number_can_be_a_feature()
    {
        Field[] fields = [new DataField<float>("f"), new DataField<long>("l"), new DataField<bool>("b"), new DataField<int>("i"), new DataField<bool>("y")];
        var path = Write("d.parquet", fields, [new float[] { 0.5f, 1 }, new long[] { -7, 1L << 40 }, new bool[] { true, false }, new int[] { 3, 4 }, new bool[] { true, false }]);
        Assert.Equal(["0.5 -7 1 3 true", "1 1099511627776 0 4 false"], DataFolder.Lines(DataFolder.Union(DataFolder.Job(Parquet(path)))));
        Assert.Equal(["0.5 1 -7", "1 0 1099511627776"], DataFolder.Lines(DataFolder.Union(DataFolder.Job(Parquet(path) with { Label = "l", Ignore = ["i", "y"] }))));
        Assert.Equal(["f", "l", "b", "i"], DataCheck.Run(DataFolder.Job(Parquet(path)), 1).Facts.Columns);
    }

    [Fact]
    public void Too_few_row_groups_say_what_to_do()
    {
        Array[] Group(int n) => [new double[n], new int[n], Enumerable.Range(0, n).Select(i => $"c{i % 2}").ToArray()];
        var path = Write("d.parquet", Plain, Group(5), Group(0), Group(9));
        Assert.Equal(
            "data.shards is 3, but d.parquet has 2 row groups with rows in them, and a row group is not cut: a shard would be empty. "
            + "Set data.shards to 2 or less, or write the data in smaller row groups (pandas: to_parquet(..., row_group_size=N)).",
            DataFolder.Error(Parquet(path, shards: 3)));
        var held = Write("v.parquet", Plain, Group(4));
        Assert.Equal([0L, 4], DataCheck.Run(DataFolder.Job(Parquet(path, shards: 2) with { Validation = new() { Path = held } }), 1).Facts.ValidationRows);
    }

    [Fact]
    public void Columns_that_cannot_be_used_are_named_with_file_and_row_group()
    {
        Field[] fields = [new DataField<double>("a", true), new DataField<string>("s"), new DataField<DateTime>("t"), new DataField<string>("y", true)];
        Array[] Group(double? a, string? y) => [new double?[] { 1, a }, new[] { "u", "v" }, new[] { DateTime.UnixEpoch, DateTime.UnixEpoch }, new[] { "p", y }];
        var good = Parquet(Write("d.parquet", fields, Group(2, "q"), Group(null, "p"))) with { Ignore = ["s", "t"] };
        Assert.Equal("d.parquet: row group 1: column 'a' is null in row 1 of the group: fill it in, leave the row out, or set data.missing to mean.", DataFolder.Error(good));
        Assert.Equal(["1 p", "1 p", "1.3333333333333333 p", "2 q"], DataFolder.Lines(DataFolder.Union(DataFolder.Job(good with { Missing = MissingValues.Mean }))));
        Assert.StartsWith("d.parquet: row group 0: column 's' holds text, but a feature must be", DataFolder.Error(good with { Ignore = ["t"] }));
        Assert.StartsWith("d.parquet: row group 0: column 't' holds values of type DateTime, but a feature must be", DataFolder.Error(good with { Ignore = ["s"] }));
        Assert.StartsWith("d.parquet: row group 0: column 't' holds values of type DateTime, but a label must be", DataFolder.Error(good with { Label = "t", Ignore = [] }));
        Assert.StartsWith("d.parquet: there is no column 'z' (data.label). The columns are: a, s, t, y.", DataFolder.Error(good with { Label = "z" }));
        Assert.StartsWith("d.parquet: there is no column 'z' (data.ignore).", DataFolder.Error(good with { Ignore = ["z"] }));
        Assert.StartsWith("n.parquet: row group 0: column 'y' is empty in row 1 of the group", DataFolder.Error(good with { Path = Write("n.parquet", fields, Group(2, null)) }));
        Assert.StartsWith("i.parquet: row group 0: column 'a' holds Infinity in row 1 of the group", DataFolder.Error(good with { Path = Write("i.parquet", fields, Group(double.PositiveInfinity, "q")) }));
    }

    [Fact]
    public void Whole_numbers_of_any_size_are_labels_of_their_own()
    {
        var path = Write("d.parquet", [new DataField<double>("a"), new DataField<long>("y")], [new double[] { 1, 2, 3 }, new long[] { (1L << 53) + 1, 1L << 53, 5 }]);
        Assert.Equal(["1 9007199254740993", "2 9007199254740992", "3 5"], DataFolder.Lines(DataFolder.Union(DataFolder.Job(Parquet(path)))));
        var unsigned = Write("u.parquet", [new DataField<double>("a"), new DataField<ulong>("y")], [new double[] { 1, 2 }, new ulong[] { ulong.MaxValue, ulong.MaxValue - 1 }]);
        Assert.Equal(["18446744073709551614", "18446744073709551615"], DataCheck.Run(DataFolder.Job(Parquet(unsigned)), 1).Facts.Classes);
    }

    [Fact]
    public void The_same_label_may_be_whole_in_one_file_and_have_a_point_in_another()
    {
        var training = Write("d.parquet", [new DataField<double>("a"), new DataField<int>("y")], [new double[] { 1, 2 }, new int[] { 0, 1 }]);
        var held = Write("v.parquet", [new DataField<double>("a"), new DataField<double>("y")], [new double[] { 3 }, new double[] { 1 }]);
        var facts = DataCheck.Run(DataFolder.Job(Parquet(training) with { Validation = new() { Path = held } }), 1).Facts;
        Assert.Equal(["0", "1"], facts.Classes);
        Assert.Equal(1, facts.ValidationRows.Sum());
    }

    [Fact]
    public void Missing_values_are_those_that_the_job_says()
    {
        Field[] fields = [new DataField<double>("a"), new DataField<string>("y")];
        var path = Write("d.parquet", fields, [new double[] { 1, double.NaN, -999, 3 }, new[] { "p", "q", "p", "q" }]);
        Assert.Equal("d.parquet: row group 0: column 'a' holds NaN in row 1 of the group: fill it in, leave the row out, or set data.missing to mean.", DataFolder.Error(Parquet(path)));
        var filled = Parquet(path) with { Missing = MissingValues.Mean };
        Assert.Equal(["-331.6666666666667 q", "-999 p", "1 p", "3 q"], DataFolder.Lines(DataFolder.Union(DataFolder.Job(filled))));
        Assert.Equal(["1 p", "2 p", "2 q", "3 q"], DataFolder.Lines(DataFolder.Union(DataFolder.Job(filled with { MissingSpellings = ["nan", "-999.0"] }))));
        Assert.Contains("holds NaN in row 1 of the group, which is not a finite number", DataFolder.Error(filled with { MissingSpellings = ["-999"] }));
    }

    [Fact]
    public void A_label_that_stands_for_a_missing_one_is_refused_by_its_row()
    {
        var path = Write("d.parquet", [new DataField<double>("a"), new DataField<string>("y")], [new double[] { 1, 2, 3 }, new[] { "p", "q", "nan" }]);
        Assert.StartsWith("d.parquet: row group 0: column 'y' holds 'nan' in row 2 of the group, which stands for a missing value", DataFolder.Error(Parquet(path)), StringComparison.Ordinal);
        Assert.Equal(["nan", "p", "q"], DataCheck.Run(DataFolder.Job(Parquet(path) with { MissingSpellings = [] }), 1).Facts.Classes);
    }

    [Fact]
    public void The_index_that_pandas_writes_is_no_feature()
    {
        var path = Write("d.parquet", [new DataField<double>("a"), new DataField<string>("y"), new DataField<long>("__index_level_0__")],
            [new double[] { 1, 2 }, new[] { "p", "q" }, new long[] { 0, 1 }]);
        Assert.Equal(["1 p", "2 q"], DataFolder.Lines(DataFolder.Union(DataFolder.Job(Parquet(path)))));
    }

    [Fact]
    public void Files_that_are_read_as_one_need_the_same_columns()
    {
        Array[] group = [new double[] { 1, 2 }, new int[] { 1, 2 }, new[] { "p", "q" }];
        Write("1.parquet", Plain, group);
        Write("2.parquet", [new DataField<double>("a"), new DataField<int>("c"), new DataField<string>("y")], group);
        Assert.StartsWith("2.parquet: column 2 is 'c', but in 1.parquet it is 'b'.", DataFolder.Error(Parquet(_folder["?.parquet"])));
    }

    [Fact]
    public void A_file_that_is_cut_off_is_told()
    {
        var bytes = File.ReadAllBytes(Write("good.parquet", Plain, [new double[20], new int[20], Enumerable.Range(0, 20).Select(i => $"c{i % 2}").ToArray()]));
        for (var length = 0; length < bytes.Length; length += 13)
        {
            Assert.StartsWith("cut.parquet: it is no Parquet file that can be read", DataFolder.Error(Parquet(_folder.Write("cut.parquet", bytes[..length]))));
        }
    }

    [Fact]
    public void What_is_no_parquet_file_is_told() =>
        Assert.StartsWith("d.parquet: it is no Parquet file that can be read", DataFolder.Error(Parquet(_folder.Write("d.parquet", "a,y\n1,p\n"))));
}
