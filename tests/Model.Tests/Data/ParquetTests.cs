using System.Numerics;
using CsCheck;
using Granary.Jobs;
using Granary.Model.Data;
using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace Granary.Model.Tests.Data;

public sealed class ParquetTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static DataSection Parquet(string path, int shards = 1) => new() { Format = "parquet", Path = path, Label = "y", Shards = shards };

    // New ones for each file: a schema writes into its fields, and samples run side by side.
    private static DataField[] Plain => [new DataField<double>("a"), new DataField<int>("b"), new DataField<string>("y")];

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
                await ((group[c], group[c].GetType().GetElementType()!.Name) switch // to a cast, sbyte[] and byte[] are the same
                {
                    (double[] x, "Double") => rows.WriteAsync<double>(field, x),
                    (double?[] x, _) => rows.WriteAsync<double>(field, x),
                    (float[] x, "Single") => rows.WriteAsync<float>(field, x),
                    (int[] x, "Int32") => rows.WriteAsync<int>(field, x),
                    (long[] x, "Int64") => rows.WriteAsync<long>(field, x),
                    (bool[] x, "Boolean") => rows.WriteAsync<bool>(field, x),
                    (byte[] x, "Byte") => rows.WriteAsync<byte>(field, x),
                    (sbyte[] x, "SByte") => rows.WriteAsync<sbyte>(field, x),
                    (short[] x, "Int16") => rows.WriteAsync<short>(field, x),
                    (ushort[] x, "UInt16") => rows.WriteAsync<ushort>(field, x),
                    (uint[] x, "UInt32") => rows.WriteAsync<uint>(field, x),
                    (ulong[] x, "UInt64") => rows.WriteAsync<ulong>(field, x),
                    (decimal[] x, "Decimal") => rows.WriteAsync<decimal>(field, x),
                    (decimal?[] x, _) => rows.WriteAsync<decimal>(field, x),
                    (BigDecimal[] x, "BigDecimal") => rows.WriteAsync<BigDecimal>(field, x),
                    (DateTime[] x, "DateTime") => rows.WriteAsync<DateTime>(field, x),
                    (string[] x, "String") => rows.WriteAsync(field, x),
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
    public void Whole_numbers_of_every_width_can_be_features()
    {
        Field[] fields =
        [
            new DataField<byte>("u8"), new DataField<sbyte>("i8"), new DataField<short>("i16"), new DataField<ushort>("u16"), new DataField<uint>("u32"), new DataField<ulong>("u64"),
            new DataField<string>("y"),
        ];
        var path = Write(
            "d.parquet", fields,
            [new byte[] { 255, 0 }, new sbyte[] { -128, 1 }, new short[] { -32768, 2 }, new ushort[] { 65535, 3 }, new uint[] { uint.MaxValue, 4 }, new ulong[] { 1UL << 63, 5 }, new[] { "p", "q" }]);
        Assert.Equal(["0 1 2 3 4 5 q", "255 -128 -32768 65535 4294967295 9.223372036854776E+18 p"], DataFolder.Lines(DataFolder.Union(DataFolder.Job(Parquet(path)))));
    }

    [Fact]
    public void Decimals_are_the_nearest_doubles_and_as_labels_what_they_say()
    {
        Field[] fields =
        [
            new DecimalDataField("price", 9, 2), new DecimalDataField("hive", 18, 4, forceByteArrayEncoding: true), new DecimalDataField("nullable", 12, 3, isNullable: true),
            new BigDecimalDataField("huge", 38, 6), new DecimalDataField("y", 9, 3),
        ];
        var path = Write(
            "d.parquet", fields,
            [
                new[] { 0.10m, -12345.67m }, new[] { 1.1m, -0.0003m }, new decimal?[] { 0.123m, 7m },
                new[] { new BigDecimal(BigInteger.Parse("12345678901234567890123456789012345678", null), 38, 6), new BigDecimal(-1, 38, 6) }, new[] { 1.500m, -2m },
            ]);
        var rows = DataFolder.Union(DataFolder.Job(Parquet(path))).OrderBy(r => r.X[0]).ToArray();
        Assert.Equal([-12345.67, -0.0003, 7, -0.000001], rows[0].X);
        Assert.Equal([0.1, 1.1, 0.123, 12345678901234567890123456789012.345678], rows[1].X);
        Assert.Equal(["-2", "1.5"], rows.Select(r => r.Y));
        var gaps = Write("n.parquet", [fields[2], new DataField<string>("y")], [new decimal?[] { 0.5m, null, 1.5m }, new[] { "p", "q", "q" }]);
        Assert.StartsWith("n.parquet: row group 0: column 'nullable' is null in row 1 of the group", DataFolder.Error(Parquet(gaps)));
        Assert.Equal(["0.5 p", "1 q", "1.5 q"], DataFolder.Lines(DataFolder.Union(DataFolder.Job(Parquet(gaps) with { Missing = MissingValues.Mean }))));
    }

    [Fact]
    public void No_double_is_nearer_to_a_decimal_than_what_it_becomes() => Gen.Select(Gen.Long, Gen.Int[0, 20], Gen.Int[0, 37]).Sample((number, extra, scale) =>
    {
        var unscaled = number * BigInteger.Pow(10, extra % 19) + extra;
        var x = ParquetDecimal.ToDouble(new BigDecimal(unscaled, 38, scale));

        // Exactly: |unscaled / 10^scale - y| times 10^scale 2^1074, which is whole for every double.
        BigInteger Distance(double y)
        {
            var bits = BitConverter.DoubleToInt64Bits(Math.Abs(y));
            var (power, digits) = ((int)(bits >> 52), bits & ((1L << 52) - 1));
            var whole = power == 0 ? digits : (BigInteger)(digits | (1L << 52)) << (power - 1); // y 2^1074
            return BigInteger.Abs((unscaled << 1074) - (Math.Sign(y) * whole * BigInteger.Pow(10, scale)));
        }

        Assert.True(Distance(x) <= Distance(Math.BitIncrement(x)) && Distance(x) <= Distance(Math.BitDecrement(x)), $"{unscaled}e-{scale} is {x:R}");
    }, iter: 2000);

    [Fact]
    public void A_folder_as_spark_writes_it_is_read_as_its_data_files()
    {
        Directory.CreateDirectory(_folder["out"]);
        foreach (var name in new[] { "_SUCCESS", "._SUCCESS.crc", ".part-00000.snappy.parquet.crc", "_metadata" })
        {
            _folder.Write(Path.Combine("out", name), "no data");
        }

        Array[] Group(params int[] i) => [i.Select(x => (double)x).ToArray(), i, i.Select(x => $"c{x % 2}").ToArray()];
        Write(Path.Combine("out", "part-00000.snappy.parquet"), Plain, Group(1, 2));
        Write(Path.Combine("out", "part-00001.snappy.parquet"), Plain);
        Write(Path.Combine("out", "part-00002.snappy.parquet"), Plain, Group(3));
        foreach (var path in new[] { "out", "out/*", "out/**", "out/*.parquet" })
        {
            Assert.Equal(["1 1 c1", "2 2 c0", "3 3 c1"], DataFolder.Lines(DataFolder.Union(DataFolder.Job(Parquet(_folder[path], 2)))));
        }
    }

    [Fact]
    public void Files_without_rows_say_so()
    {
        Array[] none = [Array.Empty<double>(), Array.Empty<int>(), Array.Empty<string>()];
        foreach (var shards in new[] { 1, 8 })
        {
            Assert.Equal("e.parquet: there is nothing to train on: it has no rows.", DataFolder.Error(Parquet(Write("e.parquet", Plain), shards)));
            Assert.Equal("e.parquet: there is nothing to train on: it has no rows.", DataFolder.Error(Parquet(Write("e.parquet", Plain, none), shards)));
        }

        var some = Write("d.parquet", Plain, [new double[] { 1, 2 }, new[] { 1, 2 }, new[] { "p", "q" }]);
        Assert.Equal("e.parquet: there is nothing to validate on: it has no rows.", DataFolder.Error(Parquet(some) with { Validation = new() { Path = _folder["e.parquet"] } }));
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
        Assert.StartsWith("d.parquet: row group 0: column 't' holds dates or times, but a feature must be", DataFolder.Error(good with { Ignore = ["s"] }));
        Assert.StartsWith("d.parquet: row group 0: column 't' holds dates or times, but a label must be", DataFolder.Error(good with { Label = "t", Ignore = [] }));
        Assert.StartsWith("d.parquet: there is no column 'z' (data.label). The columns are: a, s, t, y.", DataFolder.Error(good with { Label = "z" }));
        Assert.StartsWith("d.parquet: there is no column 'z' (data.ignore).", DataFolder.Error(good with { Ignore = ["z"] }));
        Assert.StartsWith("n.parquet: row group 0: column 'y' is empty in row 1 of the group", DataFolder.Error(good with { Path = Write("n.parquet", fields, Group(2, null)) }));
        Assert.Equal("m.parquet: row group 0: column 'a' is null in row 0 of the group: fill it in, leave the row out, or set data.missing to mean: 2 rows of the group have no value there.",
            DataFolder.Error(good with { Path = Write("m.parquet", fields, [new double?[] { null, null }, new[] { "u", "v" }, new[] { DateTime.UnixEpoch, DateTime.UnixEpoch }, new[] { "p", "q" }]) }));
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
        Field[] fields = [new DataField<double>("a"), new DataField<string>("y")];
        var path = Write("d.parquet", fields, [new double[] { 1, 2, 3 }, new[] { "p", "q", "nan" }]);
        Assert.StartsWith("d.parquet: row group 0: column 'y' holds 'nan' in row 2 of the group, which stands for a missing value", DataFolder.Error(Parquet(path)), StringComparison.Ordinal);
        Assert.Equal(["nan", "p", "q"], DataCheck.Run(DataFolder.Job(Parquet(path) with { MissingSpellings = [] }), 1).Facts.Classes);
        var several = Write("e.parquet", fields, [new double[] { 1, 2, 3, 4 }, new[] { "p", "NA", "", "q" }]);
        Assert.Equal("e.parquet: row group 0: column 'y' holds 'NA' in row 1 of the group, which stands for a missing value, but every row needs a label, and 2 rows of the group have none: "
            + "leave these rows out, or give each one. If 'NA' is a class, set data.missingValues to a list without it: [\"?\"].", DataFolder.Error(Parquet(several) with { MissingSpellings = ["NA", "?"] }));
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
    public void What_is_no_parquet_file_is_told()
    {
        string Error(string name, byte[] bytes) => DataFolder.Error(Parquet(_folder.Write(name, bytes)));
        Assert.Equal("d.parquet: it is no Parquet file that can be read: it does not begin with PAR1. Fetch or write it again.", Error("d.parquet", [.. "a,y\n1,p\n"u8]));
        Assert.Equal("d.parquet: it is no Parquet file that can be read: it is empty. Fetch or write it again.", Error("d.parquet", []));
        Assert.Equal("d.gz: this is packed by gzip. Unpack it: Parquet has compression of its own.", Error("d.gz", [.. "PAR1"u8]));
        Assert.StartsWith("d.parquet: this is an Arrow (Feather) file.", Error("d.parquet", [.. "ARROW1"u8, 0, 0]));
        Assert.StartsWith("d.parquet: its footer is encrypted.", Error("d.parquet", [.. "PARE"u8]));
    }

    [Fact]
    public void Described_columns_are_fitted_as_those_of_a_csv_file_are()
    {
        Field[] fields = [new DataField<double?>("a"), new DataField<bool>("b"), new DataField<DateTime>("d"), new DataField<string>("c"), new DataField<string>("y")];
        DateTime[] dates = [.. Enumerable.Range(0, 4).Select(i => new DateTime(2024, 2, 27, 6, 0, 0, DateTimeKind.Utc).AddDays(i))];
        var path = Write("m.parquet", fields,
            [[(double?[])[1.5, null], (bool[])[true, false], dates[..2], (string[])["x", "NA"], (string[])["u", "v"]],
            [(double?[])[3, 4], (bool[])[true, true], dates[2..], (string[])["z", "x"], (string[])["u", "v"]]]);
        var csv = _folder.Write("m.csv", "a,b,d,c,y\n1.5,true,2024-02-27T06:00:00,x,u\n,false,2024-02-28T06:00:00,NA,v\n3,true,2024-02-29T06:00:00,z,u\n4,true,2024-03-01T06:00:00,x,v\n");
        foreach (var columns in new[] { Infer, new ColumnsSection(false, new Dictionary<string, ColumnSection>
        {
            ["a"] = new() { Kind = "numeric", Missing = MissingRule.Slot, Scale = ColumnScale.Robust },
            ["b"] = new() { Kind = "categorical" },
            ["d"] = new() { Kind = "date", Parts = [DatePart.Elapsed, DatePart.Hour, DatePart.Day] },
            ["c"] = new() { Kind = "categorical", Missing = MissingRule.Slot },
        }) })
        {
            var own = DataFolder.Job(Parquet(path, 2) with { Columns = columns, Target = LabelTarget.Classes });
            var other = own with { Data = own.Data with { Format = "csv", Path = csv } };
            Assert.Equal(DataFolder.Lines(DataFolder.Union(other)), DataFolder.Lines(DataFolder.Union(own)));
            Assert.Equal(DataCheck.Run(other, 1).Facts.Columns, DataCheck.Run(own, 1).Facts.Columns);
        }

        var wrong = Parquet(path) with { Columns = new ColumnsSection(false, new Dictionary<string, ColumnSection> { ["c"] = new() { Kind = "categorical" } }), Missing = MissingValues.Refuse };
        Assert.StartsWith("m.parquet: row group 0, row 1: column 'a' is empty: fill it in", Assert.Throws<JobException>(() => ParquetSource.Read(new SourcePart(path, null, 0, 1), wrong with { Ignore = ["b", "d"] })).Message);
    }

    private static ColumnsSection Infer => new(true, new Dictionary<string, ColumnSection>());

    [Fact]
    public void A_number_to_be_predicted_is_read_as_one()
    {
        DataField[] fields = [new DataField<double>("a"), new DataField<float>("y")];
        var path = Write("n.parquet", fields, [[(double[])[1, 2, 3], (float[])[0.5f, -2, 4]], [(double[])[4, 5], (float[])[7, 8]]]);
        var source = (TableSource)ParquetSource.Read(new SourcePart(path, null, 0, 1), Parquet(path) with { Target = LabelTarget.Number });
        Assert.Equal([0.5, -2, 4, 7, 8], source.Targets!);
        var row = new double[1];
        source.Numbers.Read(3, row);
        Assert.Equal(4, row[0]);
    }

    [Theory]
    [InlineData(double.NaN, "n.parquet: row group 0: column 'y' holds NaN in row 1 of the group, but every row needs a finite number as its target: give it one, or leave the row out.")]
    [InlineData(null, "n.parquet: row group 0: column 'y' is null in row 1 of the group, but every row needs a finite number as its target: give it one, or leave the row out.")]
    public void A_missing_target_is_told_by_row(double? odd, string message)
    {
        DataField[] fields = [new DataField<double>("a"), new DataField<double?>("y")];
        var path = Write("n.parquet", fields, [(double[])[1, 2], (double?[])[3, odd]]);
        Assert.Equal(message, Assert.Throws<JobException>(() =>
            ParquetSource.Read(new SourcePart(path, null, 0, 1), Parquet(path) with { Target = LabelTarget.Number, Missing = MissingValues.Mean })).Message);
    }

    [Fact]
    public void A_text_is_no_number_to_be_predicted()
    {
        var path = Write("n.parquet", Plain, [(double[])[1], (int[])[2], (string[])["x"]]);
        Assert.Equal(
            "n.parquet: row group 0: column 'y' holds text, but data.target is number. Convert it to numbers, or choose another data.label.",
            Assert.Throws<JobException>(() => ParquetSource.Read(new SourcePart(path, null, 0, 1), Parquet(path) with { Target = LabelTarget.Number })).Message);
    }
}
