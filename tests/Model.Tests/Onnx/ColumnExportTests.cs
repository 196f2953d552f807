using System.Globalization;
using System.Text;
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
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.Float64)]
    public void Missing_values_texts_and_unseen_categories_give_the_probabilities_of_predict(Precision precision)
    {
        var job = MixedTable.Job(_folder.Write("people.csv", MixedTable.Golden.Training), 2);
        job = job with { Model = job.Model with { Precision = precision } };
        var cells = Cells.Read(MixedTable.Golden.Held)
            .And((column, c) => column is "age" or "income" or "city" or "joined" or "note" ? "" : c) // missing, wherever that is allowed
            .And((column, c) => column is "city" or "code" or "note" ? "Atlantis" : c);
        Agrees(job, cells, "opset 20 and com.microsoft's MurmurHash3 and Tokenizer (ONNX Runtime alone has them), ");
    }

    [Fact]
    public void What_no_operator_of_ONNX_Runtime_s_own_is_needed_for_has_none()
    {
        var job = MixedTable.Job(_folder.Write("people.csv", MixedTable.Golden.Training), 2, new ColumnsSection(false, MixedTable.Columns.Named.Where(c => c.Key is not ("code" or "note")).ToDictionary()));
        Agrees(job with { Data = job.Data with { Ignore = ["code", "note"] } }, Cells.Read(MixedTable.Golden.Held), "opset 17, ");
    }

    private void Agrees(Job job, Cells cells, string needs, int distinct = 11)
    {
        var model = SampleModels.Create(job.Model, job.Data, DataCheck.Run(job, 2).Facts);
        var table = model.Facts.Table!;
        using var inputs = InputRows.Of(model, _folder.Write("held.csv", cells.Csv()));
        using var predictor = new Predictor(model);
        var expected = inputs.Batches.SelectMany(b => predictor.Predict(b)).ToArray();
        using var session = new OnnxSession(model);
        Assert.StartsWith(needs, session.Description);
        Assert.Equal(table.Names(), session.Session.InputNames);
        using var outputs = new OnnxSession.Outputs(session.Session.Run(cells.Inputs(table)));
        var probabilities = outputs.Numbers("probabilities").Chunk(2).ToArray();
        Assert.Equal(expected.Length, probabilities.Length);
        Assert.All(probabilities.Zip(expected), p => Assert.All(p.First.Zip(p.Second.Values), v => Assert.Equal(v.Second, v.First, 1e-5)));
        Assert.True(expected.Select(e => e.Values[0]).Distinct().Count() >= distinct);
    }

    // Every character that there is, or some, alone and beside letters, and texts with and without words.
    [Theory]
    [InlineData(TextWeight.Count, 1, MissingRule.Refuse, null)]
    [InlineData(TextWeight.Count, 3, MissingRule.Slot, null)]
    [InlineData(TextWeight.Binary, 2, MissingRule.Constant, "nothing said")]
    [InlineData(TextWeight.TfIdf, 2, MissingRule.Slot, null)]
    [InlineData(TextWeight.TfIdf, 1, MissingRule.Constant, "")]
    public void Texts_have_the_features_of_predict(TextWeight weight, int ngrams, MissingRule missing, string? fill)
    {
        const int Buckets = 97;
        var random = new Random(6);
        var column = new FittedColumn("c", new() { Kind = "text", Missing = missing, Fill = fill, Buckets = Buckets, Ngrams = ngrams, Weight = weight })
        {
            Weights = [.. Enumerable.Range(0, weight == TextWeight.TfIdf ? Buckets : 0).Select(_ => random.NextDouble() + 0.5)],
        };
        var all = Enumerable.Range(1, ngrams == 1 ? 0x10FFFF : 0x250).Where(Rune.IsValid).Select(c => new Rune(c).ToString()); // not 0: ONNX Runtime takes it for a text's end
        string[] cells =
        [
            "one", "Straße ÉCOLE, ÀÉ", "日本語 テスト", "ǅ İI ıi ẞß ΣΑΣ", "a_b 1.5 x²", "e\u0301 e\u0301", "a\u0001b \u0001 c\u0001", "...", " ", "the the THE tHe", "😀 a😀b", .. missing == MissingRule.Refuse ? [] : new[] { "" },
            .. all.Chunk(4096).Select(c => string.Join(' ', c)), .. all.Chunk(4096).Select(c => $"{string.Join("Xx", c)}"),
        ];
        var (table, at) = (new TableEncoding([column]), 0);
        var encoder = new TableEncoder(table);
        var expected = new double[encoder.Features.Count];
        foreach (var some in cells.Chunk(64))
        {
            foreach (var row in Run(table, new DenseTensor<string>(some, [some.Length, 1]), expected.Length))
            {
                encoder.Encode([cells[at].Trim().Length == 0 && missing != MissingRule.Refuse ? double.NaN : 0], [[cells[at]]], expected);
                Assert.True(row.Zip(expected).All(x => Math.Abs(x.First - x.Second) < 1e-12), $"features of \"{cells[at]}\"");
                at++;
            }
        }

        Assert.Equal(cells.Length, at);
    }

    // What ONNX Runtime keeps of the one must not get into the other, and length must not matter.
    [Fact]
    public void Two_columns_of_long_texts_have_the_features_of_predict()
    {
        var section = new ColumnSection { Kind = "text", Missing = MissingRule.Constant, Fill = "Ä", Buckets = 11, Ngrams = 2, Weight = TextWeight.Count };
        var (table, random) = (new TableEncoding([new FittedColumn("c", section), new FittedColumn("d", section)]), new Random(7));
        string Text(int length) => new([.. Enumerable.Range(0, length).Select(_ => "aB ÄÖß.9"[random.Next(8)])]);
        string[] c = ["", Text(100_000), "x", Text(3)], d = [Text(50_001), "", "Y z", Text(70)];
        var encoder = new TableEncoder(table);
        var expected = new double[encoder.Features.Count];
        var got = Run(table, expected.Length, new DenseTensor<string>(c, [c.Length, 1]), new DenseTensor<string>(d, [d.Length, 1]));
        for (var i = 0; i < c.Length; i++)
        {
            encoder.Encode([c[i].Length == 0 ? double.NaN : 0, d[i].Length == 0 ? double.NaN : 0], [[c[i]], [d[i]]], expected);
            Assert.Equal(expected, got[i]);
        }
    }

    // As predict reads the cells of a file: blanks around, and the spellings that stand for a missing value.
    [Theory]
    [InlineData(MissingRule.Slot)]
    [InlineData(MissingRule.Constant)]
    public void What_a_file_has_for_missing_texts_and_categories_is_missing(MissingRule missing)
    {
        ColumnSection Column(string kind) => new() { Kind = kind, Missing = missing, Fill = missing == MissingRule.Constant ? "x" : null, Buckets = kind == "text" ? 8 : null };
        var columns = new ColumnsSection(false, new Dictionary<string, ColumnSection> { ["note"] = Column("text"), ["round"] = Column("categorical"), ["joined"] = Column("categorical") with { Buckets = 4 } });
        string[][] rows = [["a b", "u", "v"], ["x", "x", "x"], [" ", "", ""], ["None", "None", "None"], ["\u00a0?\t", "?", "?"], ["none", "none", "none"], ["n.a", "n.a", "n.a"]];
        var cells = new Cells(["note", "round", "joined"], rows);
        var source = string.Concat(cells.Csv().TrimEnd('\n').Split('\n').Select((l, i) => $"{l},{(i == 0 ? "y" : i % 2 == 0 ? "p" : "q")}\n"));
        Agrees(MixedTable.Job(_folder.Write("d.csv", source), 1, columns), cells, "opset 20 and com.microsoft's", distinct: 4);
    }

    [Fact]
    public void Texts_without_a_word_have_no_features()
    {
        var table = new TableEncoding([new FittedColumn("c", new() { Kind = "text", Missing = MissingRule.Slot, Buckets = 4, Ngrams = 2, Weight = TextWeight.Count })]);
        Assert.Equal([[0, 0, 0, 0, 1], [0, 0, 0, 0, 0]], Run(table, new DenseTensor<string>(new[] { "", "?!" }, [2, 1]), 5));
        Assert.Equal([[0, 0, 0, 0, 1]], Run(table, new DenseTensor<string>(new[] { "" }, [1, 1]), 5));
        Assert.Empty(Run(table, new DenseTensor<string>([0, 1]), 5));
    }

    [Theory]
    [InlineData("ReduceMean", "axes", 0)]
    [InlineData("DFT", "axis", 0)]
    [InlineData("GridSample", "mode", "bilinear")]
    public void A_network_in_operators_that_a_later_version_writes_otherwise_is_refused_beside_texts(string op, string attribute, object value)
    {
        var graph = new OnnxGraph("g", Precision.Float32);
        var mean = graph.Add(op, [graph.Number(1)], (attribute, value));
        Assert.Equal("opset 17", OnnxOpsets.Set(new Proto.ModelProto(), graph, "m"));
        graph.Add("StringConcat", [mean, mean]);
        Assert.StartsWith($"m: its network has {op} as opset 17", Assert.Throws<JobException>(() => OnnxOpsets.Set(new Proto.ModelProto(), graph, "m")).Message);
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
        Agrees(job, Cells.Read(MixedTable.Golden.Held).And((column, c) => column == "city" ? "" : c).And((column, c) => column is "city" or "code" ? "Atlantis" : c), "opset 17 and com.microsoft's MurmurHash3 (ONNX Runtime alone has it), ");
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
            double.NaN, 0, -0.25, 19782.999999, .. new[] { "0001-01-01", "0004-02-29", "1600-02-29", "1900-02-28", "1900-03-01", "2000-02-29", "2000-12-31", "2024-02-29", "2100-03-01", "9999-12-31" }.Select(Cells.Days),
            Cells.Days("9999-12-31T23:59:59.9999999"), .. Enumerable.Range(0, 20_000).Select(_ => Math.Round((random.NextDouble() * 3652058) - 719162, random.Next(6))),
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

    private static double[][] Run<T>(TableEncoding table, DenseTensor<T> cells, int features) => Run(table, features, cells);

    private static double[][] Run<T>(TableEncoding table, int features, params DenseTensor<T>[] cells)
    {
        var graph = new OnnxGraph("columns", Precision.Float64);
        graph.Output("x", ColumnInputs.Add(graph, table, MissingSpellings.Usual), OnnxType.Float64, "", "N", features);
        var model = new Proto.ModelProto { Graph = graph.Content };
        OnnxOpsets.Set(model, graph, "m");
        using var session = new InferenceSession(model.ToByteArray());
        using var outputs = session.Run([.. cells.Select((c, i) => NamedOnnxValue.CreateFromTensor(table.Columns[i].Name, c))]);
        return [.. outputs[0].AsTensor<double>().Chunk(features)];
    }
}
