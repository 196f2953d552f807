using System.Globalization;
using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Prediction;
using Granary.Model.Tests.Data;
using Granary.Model.Tests.Files;
using ParquetSharp;
using ParquetSharp.IO;

namespace Granary.Model.Tests.Prediction;

/// <summary>A Parquet file of predictions has the rows of the CSV file.</summary>
public sealed class ParquetPredictionsTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static byte[] Predict(TrainedModel model, string input, PredictionFormat format, bool explain)
    {
        using var output = new MemoryStream();
        PredictionTable.Write(model, input, output, format, explain);
        return output.ToArray();
    }

    // Names, the type of each column, rows in each row group, and the columns' values, as Apache Arrow's own C++ reads them.
    private static (string[] Names, PhysicalType[] Types, long[] Groups, object[][] Columns) Read(byte[] file)
    {
        using var input = new ManagedRandomAccessFile(new MemoryStream(file));
        using var reader = new ParquetFileReader(input);
        var fields = Enumerable.Range(0, reader.FileMetaData.NumColumns).Select(reader.FileMetaData.Schema.Column).ToArray();
        var columns = fields.Select(_ => new List<object>()).ToArray();
        var groups = new List<long>();
        for (var g = 0; g < reader.FileMetaData.NumRowGroups; g++)
        {
            using var rows = reader.RowGroup(g);
            groups.Add(rows.MetaData.NumRows);
            for (var c = 0; c < columns.Length; c++)
            {
                using var column = rows.Column(c);
                columns[c].AddRange(fields[c].PhysicalType == PhysicalType.Double
                    ? column.LogicalReader<double>().ReadAll((int)rows.MetaData.NumRows).Cast<object>()
                    : column.LogicalReader<string>().ReadAll((int)rows.MetaData.NumRows));
            }
        }

        return ([.. fields.Select(f => f.Name)], [.. fields.Select(f => f.PhysicalType)], [.. groups], [.. columns.Select(c => c.ToArray())]);
    }

    private static TrainedModel Model(string kind) => kind switch
    {
        "labels" => SampleModels.Labels(new ModelSection { Kind = "logistic" }),
        "linear" => SampleModels.Numbers(new ModelSection { Kind = "linear", Loss = Loss.SquaredError }),
        _ => SampleModels.Softmax(),
    };

    [Theory]
    [InlineData("softmax", false)]
    [InlineData("softmax", true)]
    [InlineData("linear", true)]
    [InlineData("labels", true)]
    public void Its_columns_and_rows_are_those_of_the_table(string kind, bool explain)
    {
        var model = Model(kind);
        var input = _folder.Write("in.csv", "one,two\n" + string.Concat(Enumerable.Range(0, 70_000).Select(i => $"{i % 7},{i % 11 * 0.3}\n")));
        var lines = System.Text.Encoding.UTF8.GetString(Predict(model, input, PredictionFormat.Csv, explain)).TrimEnd()
            .Replace("billing, late", "billing; late", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal).Split('\n').Select(l => l.Split(',')).ToArray();
        var (names, types, groups, columns) = Read(Predict(model, input, PredictionFormat.Parquet, explain));
        Assert.Equal(lines[0], names.Select(n => n.Replace(',', ';')));
        Assert.True(groups.Length > 1);
        Assert.All(groups, g => Assert.InRange(g, 1, 1 << 16));
        Assert.Equal(70_000, groups.Sum());
        for (var c = 0; c < names.Length; c++)
        {
            Assert.Equal(names[c] == "class" ? PhysicalType.ByteArray : PhysicalType.Double, types[c]);
            for (var row = 0; row < 70_000; row += 97)
            {
                var cell = lines[row + 1][c];
                if (columns[c][row] is double x)
                {
                    var read = double.Parse(cell, CultureInfo.InvariantCulture);
                    Assert.True(Math.Abs(read - x) <= 1e-8 * Math.Abs(x), $"{names[c]}: {cell} is {x}"); // a table has nine digits of a float32
                }
                else
                {
                    Assert.Equal(cell, columns[c][row]);
                }
            }
        }
    }

    [Fact]
    public void A_file_s_name_chooses_it()
    {
        Assert.Equal(PredictionFormat.Parquet, PredictionTable.FormatOf("a/b.Parquet"));
        PredictionTable.Write(SampleModels.Softmax(), _folder.Write("in.csv", "one,two\n4,2\n"), _folder["out.parquet"]);
        Assert.Equal("PAR1"u8.ToArray(), File.ReadAllBytes(_folder["out.parquet"])[^4..]);
    }

    [Fact]
    public void What_a_pipe_got_before_a_bad_row_is_no_whole_file()
    {
        using var output = new MemoryStream();
        var input = _folder.Write("in.csv", "one,two\n" + string.Concat(Enumerable.Repeat("1,2\n", 66_000)) + "1,x\n");
        Assert.StartsWith("in.csv:66002: column 'two' holds 'x'", Assert.Throws<JobException>(
            () => PredictionTable.Write(SampleModels.Softmax(), input, output, PredictionFormat.Parquet)).Message);
        Assert.True(output.Length > 0);
        Assert.NotEqual("PAR1"u8.ToArray(), output.ToArray()[^4..]);
    }
}
