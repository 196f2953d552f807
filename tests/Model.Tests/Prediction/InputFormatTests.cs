using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
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

/// <summary>The same rows in another format have the same predictions.</summary>
public sealed class InputFormatTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Predict(TrainedModel model, string input, PredictionFormat format = PredictionFormat.Csv)
    {
        using var output = new MemoryStream();
        PredictionTable.Write(model, input, output, format);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static string Error(TrainedModel model, string input) => Assert.Throws<JobException>(() => Predict(model, input)).Message;

    private string Parquet(string name, Field[] fields, params Array[][] groups)
    {
        using var file = File.Create(_folder[name]);
        Task.Run(async () =>
        {
            await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), file);
            foreach (var group in groups)
            {
                using var rows = writer.CreateRowGroup();
                for (var c = 0; c < group.Length; c++)
                {
                    await (group[c] is double?[] numbers ? rows.WriteAsync<double>((DataField)fields[c], numbers) : rows.WriteAsync((DataField)fields[c], (string[])group[c]));
                }
            }
        }).GetAwaiter().GetResult();
        return _folder[name];
    }

    private static TrainedModel Filled()
    {
        var model = SampleModels.Softmax();
        return model with { Data = model.Data with { Missing = MissingValues.Mean }, Facts = model.Facts with { Fill = [7, 8] } };
    }

    [Fact]
    public void Numbers()
    {
        var model = Filled();
        var expected = Predict(model, _folder.Write("in.csv", "one,two\n0.1,-2\n1e3,4\n,2.5\n"));
        Assert.Equal(expected, Predict(model, _folder.Write("in.json", """
            {"two": -2, "one": 0.1}
            {"one": 1e3, "two": "4", "three": [1]}

            {"one": null, "two": 2.5}
            """)));
        Field[] fields = [new DataField<string>("three"), new DataField<double?>("two"), new DataField<double?>("one")];
        Assert.Equal(expected, Predict(model, Parquet(
            "in", fields, [new string[] { "a", "b" }, new double?[] { -2, 4 }, new double?[] { 0.1, 1e3 }], [new string[] { "c" }, new double?[] { 2.5 }, new double?[] { null }])));
    }

    [Fact]
    public void Described_columns()
    {
        var job = MixedTable.Job(_folder.Write("people.csv", MixedTable.Golden.Training), 2);
        var model = SampleModels.Create(job.Model, job.Data, DataCheck.Run(job, 2).Facts);
        var lines = Regex.Replace(MixedTable.Golden.Held, "\"([^\"]*)\"", m => m.Groups[1].Value.Replace(',', ';')).TrimEnd().Split('\n').Select(l => l.Split(',')).ToArray(); // a comma is as good as a semicolon between words
        var expected = Predict(model, _folder.Write("held.csv", MixedTable.Golden.Held));
        string[] header = lines[0];
        string[] numeric = ["age", "income", "score"];
        static double? Number(string cell) => double.TryParse(cell, CultureInfo.InvariantCulture, out var x) ? x : null;

        Assert.Equal(expected, Predict(model, _folder.Write("held.jsonl", string.Concat(lines[1..].Select(row => JsonSerializer.Serialize(
            header.Zip(row).ToDictionary(c => c.First, c => (object?)(numeric.Contains(c.First) ? Number(c.Second) : c.Second is "" or "NA" ? null : c.Second))) + "\n")))));
        Assert.Equal(expected, Predict(model, Parquet(
            "held.parquet",
            [.. header.Select(h => (Field)(numeric.Contains(h) ? new DataField<double?>(h) : new DataField<string>(h)))],
            [.. header.Select((h, c) => numeric.Contains(h) ? (Array)lines[1..].Select(r => Number(r[c])).ToArray() : lines[1..].Select(r => r[c]).ToArray())])));
    }

    [Fact]
    public void Categories_that_the_model_has_not_seen_are_counted()
    {
        var job = MixedTable.Job(_folder.Write("d.csv", "a,b,y\n1,red,u\n2,blue,v\n3,red,u\n"), 1, new(false, new Dictionary<string, ColumnSection> { ["b"] = new() { Kind = "categorical", Missing = MissingRule.Slot } }));
        var model = SampleModels.Create(job.Model, job.Data, DataCheck.Run(job, 1).Facts);
        string[] said = ["column 'b': 2 rows have categories that the model has not seen, the first of them 'green'"];
        Assert.Equal(said, PredictionTable.Write(model, _folder.Write("in.csv", "a,b\n1,green\n1,red\n1,\n1,Red\n"), Stream.Null).Unseen);
        Assert.Equal(said, PredictionTable.Write(model, _folder.Write("in.json", "{\"a\": 1, \"b\": \"green\"}\n{\"a\": 1, \"b\": \"1\"}\n{\"a\": 1, \"b\": null}\n"), Stream.Null).Unseen);
        Assert.Equal(["column 'b': 1 row has a category that the model has not seen, 'green'"], PredictionTable.Write(
            model, Parquet("in", [new DataField<double?>("a"), new DataField<string>("b")], [new double?[] { 1, 2 }, new[] { "green", "blue" }]), Stream.Null).Unseen);
        Assert.Empty(PredictionTable.Write(model, _folder["d.csv"], Stream.Null).Unseen);

        // What is no UTF-8 is no category, not even one that nobody has seen.
        File.WriteAllBytes(_folder["in.csv"], [.. "a,b\n1,gr"u8, 0xff, .. "n\n"u8]);
        Assert.Contains("UTF-8", Error(model, _folder["in.csv"]));
    }

    [Fact]
    public void Indices()
    {
        var model = SampleModels.Softmax();
        model = model with { Data = model.Data with { Format = "libsvm", Label = null }, Facts = model.Facts with { Columns = [] } };
        var expected = Predict(SampleModels.Softmax(), _folder.Write("in.csv", "one,two\n4,2\n0,-1\n0,0\n"));
        Assert.Equal(expected, Predict(model, _folder.Write("labelled", "1 1:4 2:2 # first\n\n-1 qid:3 2:-1\n2\n")));
        Assert.Equal(expected, Predict(model, _folder.Write("unlabelled", "1:4 2:2\r\n2:-1\n1:0\n")));
        Assert.Equal("wide:2: the index 3 is above the number of features that the model was trained on, 2.", Error(model, _folder.Write("wide", "1:4\n3:1\n")));
        Assert.Equal("falling:1: the index 1 comes after 2, but indices must rise.", Error(model, _folder.Write("falling", "0 2:4 1:1\n")));
    }

    [Theory]
    [InlineData("{\"one\": 1, \"two\": 2}\n{\"one\": 1}\n", "in.json:2: there is no 'two', which the model was trained on. Where a value is missing, write null.")]
    [InlineData("{\"One\": 1, \"two\": 2}\n", "in.json:1: there is no 'one', which the model was trained on. ")]
    [InlineData("{\"one\": 1, \"two\": 2}\n[1, 2]\n", "in.json:2: the line is no JSON object. Write one object a line, such as {\"age\": 41, \"plan\": \"basic\"}.")]
    [InlineData("{\"one\": 1, \"two\": 2}\n{\"one\": 1, \n", "in.json:2: the line is no JSON object: ")]
    [InlineData("{\"one\": 1, \"two\": 2, \"one\": 3}\n", "in.json:1: 'one' is there twice. ")]
    [InlineData("{\"one\": 1, \"two\": [2]}\n", "in.json:1: 'two' is not one value. Give a number, a text, true, false or null.")]
    [InlineData("{\"one\": 1, \"two\": true}\n", "in.json:1: column 'two' holds 'true', which is not a number")]
    [InlineData("{\"one\": 1, \"two\": null}\n", "in.json:1: column 'two' is empty: fill it in")]
    public void What_a_line_of_JSON_must_be(string text, string message)
    {
        var said = Error(SampleModels.Softmax(), _folder.Write("in.json", text));
        Assert.StartsWith(message, said);
        Assert.DoesNotContain('\n', said);
    }

    [Fact]
    public void A_line_of_JSON_that_is_not_UTF8_is_one_message()
    {
        foreach (var line in new byte[][] { [.. "{\"one\": \"1"u8, 0xff, .. "\", \"two\": 2}"u8], [.. "{\"on"u8, 0xe9, .. "e\": 1, \"two\": 2, \"one\": 1}"u8], [.. "{\"one\": 1, \"two\": 2, \"x\": \""u8, 0xc3, .. "\"}"u8] })
        {
            File.WriteAllBytes(_folder["in.json"], [.. "{\"one\": 1, \"two\": 2}\n"u8, .. line, .. "\n"u8]);
            var said = Error(SampleModels.Softmax(), _folder["in.json"]);
            Assert.StartsWith("in.json:2: byte ", said);
            Assert.Contains("is no part of a UTF-8 character. Convert the file to UTF-8", said);
        }
    }

    [Theory]
    [InlineData("{\"one\": \"\\ud800\", \"two\": 2}", "in.json:2: 'one' is a text with half of a pair of surrogates (\\ud800 to \\udfff), which is no character. Write the file as UTF-8.")]
    [InlineData("{\"one\": \"a\\udc00b\", \"two\": 2}", "in.json:2: 'one' is a text with half of a pair of surrogates (\\ud800 to \\udfff), which is no character. Write the file as UTF-8.")]
    [InlineData("{\"o\\ud800\": 1, \"one\": 1, \"two\": 2}", "in.json:2: a name has half of a pair of surrogates (\\ud800 to \\udfff), which is no character. Write the file as UTF-8.")]
    public void A_character_that_is_none_is_one_message(string line, string message) =>
        Assert.Equal(message, Error(SampleModels.Softmax(), _folder.Write("in.json", "{\"one\": 1, \"two\": 2}\n" + line + "\n")));

    [Fact]
    public void A_whole_pair_of_surrogates_is_a_character() => Assert.StartsWith(
        "in.json:1: column 'one' holds '\ud83d\ude00', which is not a number", Error(SampleModels.Softmax(), _folder.Write("in.json", "{\"one\": \"\\ud83d\\ude00\", \"two\": 2}\n")));

    [Fact]
    public void A_Parquet_file_without_a_column_is_refused_and_its_bad_cells_are_named()
    {
        Assert.StartsWith("p: there is no column 'two', which the model was trained on.", Error(
            SampleModels.Softmax(), Parquet("p", [new DataField<double?>("one")], [new double?[] { 1 }])));
        Assert.Contains("p: row group 0: column 'two'", Error(
            SampleModels.Softmax(), Parquet("p", [new DataField<double?>("one"), new DataField<double?>("two")], [new double?[] { 1 }, new double?[] { null }])));
    }

    [Fact]
    public void Predictions_as_lines_of_JSON_are_those_of_the_table()
    {
        var model = SampleModels.Softmax();
        var input = _folder.Write("in.csv", "one,two\n4,2\n-20,10\n");
        var table = Predict(model, input).TrimEnd().Split('\n')[1..].Select(l => l.Split(',')).ToArray();
        var lines = Predict(model, input, PredictionFormat.Jsonl).TrimEnd().Split('\n').Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        Assert.Equal(table.Select(r => r[0]), lines.Select(l => l.GetProperty("class").GetString()));
        Assert.Equal(
            table.Select(r => string.Join(' ', r[1..])),
            lines.Select(l => string.Join(' ', model.Facts.Classes.Select(c => l.GetProperty("probabilities").GetProperty(c).GetRawText()))));

        var number = SampleModels.Numbers(new ModelSection { Kind = "linear", Loss = Loss.SquaredError });
        Assert.Equal(
            Predict(number, input).TrimEnd().Split('\n')[1..],
            Predict(number, input, PredictionFormat.Jsonl).TrimEnd().Split('\n').Select(l => JsonDocument.Parse(l).RootElement.GetProperty("prediction").GetRawText()));
        Assert.Equal(PredictionFormat.Jsonl, PredictionTable.FormatOf("a/b.JSONL"));
        Assert.Equal(PredictionFormat.Csv, PredictionTable.FormatOf("a/b.csv"));
    }
}
