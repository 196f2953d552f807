using System.Globalization;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Onnx;
using Granary.Model.Prediction;
using Granary.Model.Tests.Columns;
using Granary.Model.Tests.Data;
using Granary.Model.Tests.Files;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Proto = global::Onnx;

namespace Granary.Model.Tests.Onnx;

/// <summary>Models whose jobs describe columns: what ONNX Runtime makes of a table's cells is what predict makes of them.</summary>
public sealed class ColumnExportTests : IDisposable
{
    private static readonly string[] Hashed = ["code", "note"];

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static double Days(string text) => (DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal) - DateTime.UnixEpoch).TotalDays;

    /// <summary>A table's cells as a program would hand them in: column by column.</summary>
    private static List<NamedOnnxValue> Inputs(string[] header, string[][] rows, TableEncoding table, Func<string, string> inputName)
    {
        NamedOnnxValue Input(FittedColumn column)
        {
            var cells = rows.Select(r => r[Array.IndexOf(header, column.Name)]).Select(c => c == "NA" ? "" : c).ToArray();
            int[] dims = [cells.Length, 1];
            return column.Section.Kind == "categorical"
                ? NamedOnnxValue.CreateFromTensor(inputName(column.Name), new DenseTensor<string>(cells, dims))
                : NamedOnnxValue.CreateFromTensor(inputName(column.Name), new DenseTensor<double>(cells.Select(c => c.Length == 0 ? double.NaN : column.Section.Kind switch
                {
                    "date" => Days(c),
                    "boolean" => c == "yes" ? 1.0 : 0,
                    _ => double.Parse(c, CultureInfo.InvariantCulture),
                }).ToArray(), dims));
        }

        return [.. table.Columns.Select(Input)];
    }

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.Float64)]
    public void Missing_values_and_unseen_categories_give_the_probabilities_of_predict(Precision precision)
    {
        var columns = new ColumnsSection(false, MixedTable.Columns.Named.Where(c => !Hashed.Contains(c.Key)).ToDictionary(c => c.Key, c => c.Value));
        var job = MixedTable.Job(_folder.Write("people.csv", MixedTable.Golden.Training), 2, columns);
        job = job with { Data = job.Data with { Ignore = Hashed }, Model = job.Model with { Precision = precision } };
        var model = SampleModels.Create(job.Model, job.Data, DataCheck.Run(job, 2).Facts);
        var table = model.Facts.Table!;

        var lines = Regex.Replace(MixedTable.Golden.Held, "\"[^\"]*\"", "a note").TrimEnd().Split('\n').Select(l => l.Split(',')).ToArray();
        var rows = lines[1..].Append([.. lines[1].Select((c, i) => lines[0][i] is "age" or "income" or "city" or "joined" ? "" : c)]) // missing, wherever that is allowed
            .Append([.. lines[1].Select((c, i) => lines[0][i] == "city" ? "Atlantis" : c)]).ToArray();
        using var inputs = InputRows.Of(model, _folder.Write("held.csv", string.Join('\n', rows.Prepend(lines[0]).Select(r => string.Join(',', r))) + "\n"));
        using var predictor = new Predictor(model);
        var expected = inputs.Batches.SelectMany(b => predictor.Predict(b)).ToArray();

        using var session = new OnnxSession(model);
        Assert.Equal(table.Names(), session.Session.InputNames);
        using var outputs = new OnnxSession.Outputs(session.Session.Run(Inputs(lines[0], rows, table, name => name)));
        var probabilities = outputs.Numbers("probabilities").Chunk(2).ToArray();
        Assert.Equal(expected.Length, probabilities.Length);
        Assert.All(probabilities.Zip(expected), p => Assert.All(p.First.Zip(p.Second.Values), v => Assert.Equal(v.Second, v.First, 1e-5)));
        Assert.True(expected.Select(e => e.Values[0]).Distinct().Count() > 10);
    }

    [Fact]
    public void Columns_of_texts_are_refused_by_name()
    {
        var job = MixedTable.Job(_folder.Write("people.csv", MixedTable.Golden.Training), 2);
        var model = SampleModels.Create(job.Model, job.Data, DataCheck.Run(job, 2).Facts);
        Assert.Contains(
            "the column 'note' cannot be exported as ONNX, which has no operators that split texts into words",
            Assert.Throws<JobException>(() => OnnxFile.Write(model, Stream.Null)).Message);
    }

    // Texts of every length modulo four, in other scripts too; their buckets are tested against scikit-learn's hash elsewhere.
    [Theory]
    [InlineData(MissingRule.Slot, null)]
    [InlineData(MissingRule.Constant, "Ulm")]
    [InlineData(MissingRule.Refuse, null)]
    public void Hashed_categories_have_the_features_of_predict(MissingRule missing, string? fill)
    {
        var column = new FittedColumn("c", new() { Kind = "categorical", Missing = missing, Fill = fill, Buckets = 37 });
        var (table, random) = (new TableEncoding([column]), new Random(5));
        string[] cells = ["a", "ab", "abc", "abcd", "Straße", "日本語", "😀", .. missing == MissingRule.Refuse ? [] : new[] { "" }, .. Enumerable.Range(0, 300).Select(_ => random.Next(1 << 28).ToString("x", CultureInfo.InvariantCulture))];
        var encoder = new TableEncoder(table);
        var got = Run(table, new DenseTensor<string>(cells, [cells.Length, 1]), encoder.Features.Count);
        var expected = new double[encoder.Features.Count];
        for (var i = 0; i < cells.Length; i++)
        {
            encoder.Encode([cells[i].Length == 0 ? double.NaN : 0], [[cells[i]]], expected);
            Assert.Equal(expected, got[i]);
        }
    }

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.Float64)]
    public void Vectors_of_categories_hashed_and_not_give_the_probabilities_of_predict(Precision precision)
    {
        var columns = new ColumnsSection(false, MixedTable.Columns.Named.Where(c => c.Key != "note").ToDictionary(
            c => c.Key, c => c.Key is "city" or "code" ? c.Value with { Embedding = c.Key == "city" ? 3 : 2 } : c.Value));
        var job = MixedTable.Job(_folder.Write("people.csv", MixedTable.Golden.Training), 2, columns);
        job = job with { Data = job.Data with { Ignore = ["note"] }, Model = new ModelSection { Kind = "mlp", Hidden = [5], Precision = precision } };
        var model = SampleModels.Create(job.Model, job.Data, DataCheck.Run(job, 2).Facts);
        var lines = Regex.Replace(MixedTable.Golden.Held, "\"[^\"]*\"", "a note").TrimEnd().Split('\n').Select(l => l.Split(',')).ToArray();
        string[][] rows = [.. lines[1..], [.. lines[1].Select((c, i) => lines[0][i] == "city" ? "" : c)], [.. lines[1].Select((c, i) => lines[0][i] is "city" or "code" ? "Atlantis" : c)]];
        using var inputs = InputRows.Of(model, _folder.Write("held.csv", string.Join('\n', rows.Prepend(lines[0]).Select(r => string.Join(',', r))) + "\n"));
        using var predictor = new Predictor(model);
        var expected = inputs.Batches.SelectMany(b => predictor.Predict(b)).ToArray();

        using var session = new OnnxSession(model);
        Assert.Contains("com.microsoft's hash (ONNX Runtime alone has it)", session.Description);
        using var outputs = new OnnxSession.Outputs(session.Session.Run(Inputs(lines[0], rows, model.Facts.Table!, name => name)));
        var probabilities = outputs.Numbers("probabilities").Chunk(2).ToArray();
        Assert.Equal(expected.Length, probabilities.Length);
        Assert.All(probabilities.Zip(expected), p => Assert.All(p.First.Zip(p.Second.Values), v => Assert.Equal(v.Second, v.First, 1e-5)));
        Assert.True(expected.Select(e => e.Values[0]).Distinct().Count() > 10);
    }

    [Fact]
    public void A_column_called_like_a_weight_keeps_its_name_and_one_called_like_an_output_gets_a_number()
    {
        var columns = new ColumnsSection(false, new Dictionary<string, ColumnSection> { ["weight"] = new() { Kind = "numeric" }, ["label"] = new() { Kind = "categorical" } });
        var job = MixedTable.Job(_folder.Write("d.csv", "weight,label,y\n1,a,u\n2,b,v\n"), 1, columns);
        using var session = new OnnxSession(SampleModels.Create(job.Model, job.Data, DataCheck.Run(job, 1).Facts));
        Assert.Equal(["weight", "label.1"], session.Session.InputNames);
    }

    [Fact]
    public void The_parts_of_any_date_are_those_of_the_calendar()
    {
        DatePart[] parts = [DatePart.Weekday, DatePart.Year, DatePart.Hour, DatePart.DayOfYear, DatePart.Month, DatePart.Day, DatePart.Elapsed];
        var column = new FittedColumn("d", new() { Kind = "date", Missing = MissingRule.Slot, Parts = parts, Scale = ColumnScale.None })
        {
            Fill = 19.25,
            Center = [0, 0, 0, 0, 0],
            Divisor = [1, 1, 1, 1, 1],
        };
        var (table, random) = (new TableEncoding([column]), new Random(3));
        double[] days =
        [
            double.NaN, 0, -0.25, 19782.999999, .. new[] { "0001-01-01", "0004-02-29", "1600-02-29", "1900-02-28", "1900-03-01", "2000-02-29", "2000-12-31", "2024-02-29", "2100-03-01", "9999-12-31" }.Select(Days),
            Days("9999-12-31T23:59:59.9999999"), .. Enumerable.Range(0, 20_000).Select(_ => Math.Round((random.NextDouble() * 3652058) - 719162, random.Next(6))),
        ];
        var encoder = new TableEncoder(table);
        var got = Run(table, new DenseTensor<double>(days, [days.Length, 1]), encoder.Features.Count);
        var expected = new double[encoder.Features.Count];
        for (var i = 0; i < days.Length; i++)
        {
            encoder.Encode([days[i]], [null], expected);
            Assert.Equal(expected, got[i]);
        }
    }

    private static double[][] Run<T>(TableEncoding table, DenseTensor<T> cells, int features)
    {
        var graph = new OnnxGraph("columns", Precision.Float64);
        graph.Output("x", ColumnInputs.Add(graph, table), OnnxType.Float64, "", "N", features);
        var model = new Proto.ModelProto { IrVersion = 8, Graph = graph.Content };
        foreach (var (domain, version) in new[] { ("", OnnxGraph.Opset), ("ai.onnx.ml", 3), (OnnxGraph.RuntimeDomain, 1) })
        {
            model.OpsetImport.Add(new Proto.OperatorSetIdProto { Domain = domain, Version = version });
        }

        using var session = new InferenceSession(model.ToByteArray());
        using var outputs = session.Run([NamedOnnxValue.CreateFromTensor(table.Columns[0].Name, cells)]);
        return [.. outputs[0].AsTensor<double>().Chunk(features)];
    }
}
