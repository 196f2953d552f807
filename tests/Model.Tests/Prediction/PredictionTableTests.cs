using System.Globalization;
using System.IO.Compression;
using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Prediction;
using Granary.Model.Tests.Files;

namespace Granary.Model.Tests.Prediction;

public sealed class PredictionTableTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Input(string text)
    {
        var path = Path.Combine(_folder, "in.csv");
        File.WriteAllText(path, text);
        return path;
    }

    private string[] Predict(TrainedModel model, string text)
    {
        var output = Path.Combine(_folder, "out.csv");
        PredictionTable.Write(model, Input(text), output, overwrite: true);
        return File.ReadAllLines(output);
    }

    private static double[] Values(string line) => [.. line.Split(',')[1..].Select(v => double.Parse(v, CultureInfo.InvariantCulture))];

    [Fact]
    public void A_logistic_model_gives_sigma_of_the_standardised_inputs()
    {
        var model = SampleModels.Logistic();
        var lines = Predict(model, "one,two\n4,2\n-20,10\n");
        Assert.Equal("class,probability.no,probability.yes", lines[0]);
        foreach (var (line, x) in lines[1..].Zip(new double[][] { [4, 2], [-20, 10] }))
        {
            // w (x - mean) / deviation + b, by hand: mean (1, 2), deviation (3, 4).
            var z = (model.Weights[0] * (x[0] - 1) / 3) + (model.Weights[1] * (x[1] - 2) / 4) + model.Weights[2];
            var p = 1 / (1 + Math.Exp(-z));
            Assert.Equal(p, Values(line)[1], 1e-6);
            Assert.Equal(1 - p, Values(line)[0], 1e-6);
            Assert.StartsWith(p >= 0.5 ? "yes," : "no,", line);
        }
    }

    [Theory]
    [InlineData(Loss.SquaredError)]
    [InlineData(Loss.Quantile)]
    public void A_regression_gives_a_number_in_the_target_s_own_units(Loss loss)
    {
        var model = SampleModels.Numbers(new ModelSection { Kind = "linear", Loss = loss });
        var lines = Predict(model, "two,one\n10,4\n-1,0.5\n");
        Assert.Equal(3, lines.Length);
        Assert.Equal("prediction", lines[0]);
        foreach (var (line, x) in lines[1..].Zip(new double[][] { [4, 10], [0.5, -1] }))
        {
            var z = (model.Weights[0] * x[0]) + (model.Weights[1] * x[1]) + model.Weights[2];
            Assert.Equal(250 + (80 * z), double.Parse(line, CultureInfo.InvariantCulture), 1e-4); // computed in float32
        }
    }

    [Fact]
    public void A_regression_of_counts_gives_e_to_its_output()
    {
        var model = SampleModels.Numbers(new ModelSection { Kind = "linear", Loss = Loss.Poisson });
        model = model with { Data = model.Data with { StandardizeTarget = false }, Facts = model.Facts with { TargetScaling = null } };
        var z = (model.Weights[0] * 2) - model.Weights[1] + model.Weights[2];
        Assert.Equal(Math.Exp(z), double.Parse(Predict(model, "one,two\n2,-1\n")[1], CultureInfo.InvariantCulture), 1e-5);
    }

    [Fact]
    public void Several_labels_have_a_probability_each()
    {
        var model = SampleModels.Labels(new ModelSection { Kind = "logistic" });
        var lines = Predict(model, "two,one\n10,4\n-1,0.5\n");
        Assert.Equal("probability.urgent,\"probability.billing, late\",probability.spam", lines[0]);
        Assert.Equal(3, lines.Length);
        foreach (var (line, x) in lines[1..].Zip(new double[][] { [(4.0 - 1) / 3, (10.0 - 2) / 4], [(0.5 - 1) / 3, (-1.0 - 2) / 4] }))
        {
            double[] expected = [.. Enumerable.Range(0, 3).Select(k => 1 / (1 + Math.Exp(-((model.Weights[2 * k] * x[0]) + (model.Weights[(2 * k) + 1] * x[1]) + model.Weights[6 + k]))))];
            Assert.Equal(expected, line.Split(',').Select(v => double.Parse(v, CultureInfo.InvariantCulture)), (a, b) => Math.Abs(a - b) < 1e-6);
        }
    }

    [Fact]
    public void A_softmax_model_gives_softmax_and_the_likeliest_label()
    {
        var model = SampleModels.Softmax();
        var line = Predict(model, "one,two\n4,10\n")[1];
        var w = model.Weights;
        var powers = Enumerable.Range(0, 3).Select(k => Math.Exp((w[2 * k] * 1.0) + (w[(2 * k) + 1] * 2.0) + w[6 + k])).ToArray();
        Assert.Equal(powers.Select(p => p / powers.Sum()), Values(line), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.StartsWith(model.Facts.Classes[Array.IndexOf(powers, powers.Max())] + ",", line);
    }

    [Fact]
    public void Columns_are_matched_by_name_and_those_that_the_model_does_not_know_are_named()
    {
        var model = SampleModels.Mlp();
        var straight = Predict(model, "one,two\n4,10\n5,6\n");
        var report = PredictionTable.Write(model, Input("id,two,label,one\nx,10,a,4\n\ny,6,,5\n"), Path.Combine(_folder, "other.csv"));
        Assert.Equal(straight, File.ReadAllLines(Path.Combine(_folder, "other.csv")));
        Assert.Equal(2, report.Rows);
        Assert.Equal(["id", "label"], report.Ignored);
    }

    [Fact]
    public void Many_rows_come_out_in_their_order()
    {
        var model = SampleModels.Mlp();
        var rows = Enumerable.Range(0, 3000).Select(i => $"{i % 7},{i % 11}").ToArray();
        var lines = Predict(model, "one,two\n" + string.Join('\n', rows))[1..];
        Assert.Equal(3000, lines.Length);
        for (var i = 0; i < 77; i++)
        {
            Assert.Equal(Values(lines[i]), Values(lines[i + (77 * 37)]), (a, b) => Math.Abs(a - b) < 1e-8);
        }
    }

    [Fact]
    public void Squared_error_gives_outputs_which_are_no_probabilities()
    {
        var lines = Predict(
            SampleModels.Table(new ModelSection { Kind = "mlp", Loss = Loss.SquaredError, Activation = Activation.Sigmoid }, ["a", "b"]), "one,two\n1,2\n");
        Assert.Equal("class,output.a,output.b", lines[0]);
    }

    [Fact]
    public void Labels_that_csv_would_misread_are_quoted()
    {
        var lines = Predict(SampleModels.Table(new ModelSection { Kind = "softmax" }, ["a,b", "say \"x\""]), "one,two\n1,2\n");
        Assert.Equal("class,\"probability.a,b\",\"probability.say \"\"x\"\"\"", lines[0]);
    }

    [Theory]
    [InlineData("one,two\n1,2\n3,oops\n", "in.csv:3: column 'two' holds 'oops', which is not a number")]
    [InlineData("one,two\n1,\n", "in.csv:2: column 'two' is empty")]
    [InlineData("one,two\n1,2\n1,nan\n", "in.csv:3: column 'two' holds 'nan': fill it in, leave the row out")]
    [InlineData("one,two\n1,2,3\n", "in.csv:2: 3 cells, but the header has 2")]
    [InlineData("one,too\n1,2\n", "in.csv:1: there is no column 'two', which the model was trained on. Rename 'too' to 'two', if it is that. The columns are: one, too.")]
    [InlineData("one;two\n1;2\n", "in.csv:1: there is no column 'one', 'two', which the model was trained on. The columns are: one;two. There is one column, and it holds ';': write ',' between its cells.")]
    [InlineData("1.5,-2\n1,2\n", "in.csv:1: there is no column 'one', 'two', which the model was trained on. The columns are: 1.5, -2. The first row looks like data: the file needs a header row, which names the columns.")]
    [InlineData("one,two,one\n1,2,3\n", "in.csv:1: the column 'one' is there twice")]
    [InlineData("one,two\n", "in.csv: it has no rows")]
    [InlineData("", "in.csv:1: the header line is empty")]
    [InlineData("PAR1\0\u0001\n", "in.csv: it is no Parquet file that can be read: ")]
    [InlineData("one,\0\u0001\n", "in.csv:1: the line holds a zero byte: this is no text file.")]
    public void A_table_that_cannot_be_used_is_named_by_file_and_line_and_nothing_is_written(string text, string message)
    {
        var error = Assert.Throws<JobException>(() => Predict(SampleModels.Softmax(), text)).Message;
        Assert.StartsWith(message, error);
        Assert.Equal(["in.csv"], Directory.GetFiles(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public void A_missing_table_a_folder_a_transformer_and_a_model_without_column_names_are_told()
    {
        Assert.Contains("cannot be read", Assert.Throws<JobException>(() => PredictionTable.Write(SampleModels.Softmax(), "none.csv", Stream.Null)).Message);
        Assert.Contains("there are no files in the folder", Assert.Throws<JobException>(() => PredictionTable.Write(SampleModels.Softmax(), _folder, Stream.Null)).Message);
        Assert.Contains("is a folder, not a file", Assert.Throws<JobException>(() => PredictionTable.Write(Nameless("idx"), _folder, Stream.Null)).Message);
        Assert.Contains("a transformer model", Assert.Throws<JobException>(() => Predict(SampleModels.Transformer(), "one,two\n1,2\n")).Message);
        Assert.Equal(
            "in.csv:1: 'one,two' is neither a label, which is a number, nor index:value.", Assert.Throws<JobException>(() => Predict(Nameless("libsvm"), "one,two\n1,2\n")).Message);
    }

    [Fact]
    public void Empty_files_among_others_are_passed_over()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "in")).FullName;
        foreach (var (name, text) in new[] { ("0.csv", ""), ("1.csv", "one,two\n1,2\n"), ("2.csv", ""), ("3.csv", "two,one\n1,2\n3,4\n") })
        {
            File.WriteAllText(Path.Combine(folder, name), text);
        }

        Assert.Equal(3, PredictionTable.Write(SampleModels.Softmax(), folder, Stream.Null).Rows);
        File.Delete(Path.Combine(folder, "1.csv"));
        File.Delete(Path.Combine(folder, "3.csv"));
        Assert.Equal("0.csv and the 1 file read with it are empty.", Assert.Throws<JobException>(() => PredictionTable.Write(SampleModels.Softmax(), folder, Stream.Null)).Message);
    }

    [Fact]
    public void A_table_that_nobody_reads_on_is_closed()
    {
        var path = Path.Combine(_folder, "in.csv");
        File.WriteAllText(path, "one,two\n1,2\n");
        using (InputRows.Of(SampleModels.Softmax(), path))
        {
            Assert.Throws<IOException>(() => File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None));
        }

        File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
    }

    [Fact]
    public void Images_of_other_pixels_than_the_model_knows_are_refused()
    {
        var model = Nameless("idx");
        model = model with { Facts = model.Facts with { PixelType = "float32" } };
        Assert.Equal($"images: its pixels are ubyte, but {model.Name} was trained on float32 pixels. Only ubyte becomes x / 255, so that they would mean different things. Write them as float32.",
            Assert.Throws<JobException>(() => PredictionTable.Write(model, Images(2, 2, [1, 2, 3, 4], gzip: false), Stream.Null)).Message);
        model = model with { Facts = model.Facts with { PixelType = "ubyte" } };
        Assert.Equal(2, PredictionTable.Write(model, Images(2, 2, [1, 2, 3, 4], gzip: false), Stream.Null).Rows);
    }

    private static TrainedModel Nameless(string format)
    {
        var softmax = SampleModels.Softmax();
        return softmax with { Data = softmax.Data with { Format = format }, Facts = softmax.Facts with { Columns = [], Scaling = new Scaling([0.1, 0.2], [0.5, 0.25]) } };
    }

    private string Images(int count, int sides, byte[] pixels, bool gzip)
    {
        byte[] file = [0, 0, 8, 3, 0, 0, (byte)(count >> 8), (byte)count, 0, 0, 0, 1, 0, 0, 0, (byte)sides, .. pixels];
        var path = Path.Combine(_folder, "images");
        using Stream stream = gzip ? new GZipStream(File.Create(path), CompressionLevel.Fastest) : File.Create(path);
        stream.Write(file);
        return path;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Images_are_predicted_as_their_pixels_by_255_in_their_order(bool gzip)
    {
        var model = Nameless("idx");
        byte[] pixels = [.. Enumerable.Range(0, 2 * 1500).Select(i => (byte)(i * 7))];
        var output = Path.Combine(_folder, "out.csv");
        Assert.Equal(1500, PredictionTable.Write(model, Images(1500, 2, pixels, gzip), output).Rows);

        // The same model with named columns, given the same numbers as text.
        var named = model with { Data = model.Data with { Format = "csv" }, Facts = model.Facts with { Columns = ["one", "two"] } };
        var table = Predict(named, "one,two\n" + string.Join('\n', pixels.Chunk(2).Select(p => FormattableString.Invariant($"{p[0] / 255.0:R},{p[1] / 255.0:R}"))));
        PredictionTable.Write(model, Path.Combine(_folder, "images"), output, overwrite: true);
        Assert.Equal(table, File.ReadAllLines(output));
        Assert.True(table.Distinct().Count() > 100);
    }

    [Fact]
    public void Images_of_another_size_and_files_that_are_none_are_told_and_nothing_is_written()
    {
        string Error(string path) => Assert.Throws<JobException>(() => PredictionTable.Write(Nameless("idx"), path, Path.Combine(_folder, "out.csv"))).Message;
        Assert.StartsWith("images: its images have 1 x 3 pixels, 3 in all, but sample was trained on images of 2.", Error(Images(2, 3, new byte[6], gzip: false)));
        Assert.StartsWith("images: it is cut off: its header promises 3 records of 2 bytes, but only 2 are there.", Error(Images(3, 2, new byte[5], gzip: false)));
        Assert.StartsWith("images: it is cut off: its header promises 3 records of 2 bytes, but only 2 are there.", Error(Images(3, 2, new byte[5], gzip: true)));
        Assert.StartsWith("images: it holds no images", Error(Images(0, 2, [], gzip: false)));
        Assert.StartsWith("in.csv: it is no IDX file", Error(Input("one,two\n1,2\n")));
        Assert.False(File.Exists(Path.Combine(_folder, "out.csv")));
    }

    [Theory]
    [InlineData("in.csv")]
    [InlineData("in.csv.gz")]
    [InlineData("utf-16.csv")]
    [InlineData("mac.csv")]
    [InlineData("images")]
    [InlineData("images.gz")]
    public async Task A_pipe_gives_what_the_file_gives(string name)
    {
        var isTable = name.Contains(".csv", StringComparison.Ordinal);
        var model = isTable ? SampleModels.Mlp() : Nameless("idx");
        var end = name == "mac.csv" ? "\r" : "\n";
        var table = "one,two" + end + string.Concat(Enumerable.Range(0, 30_000).Select(i => $"{i % 7},{i % 11}{end}"));
        byte[] bytes = !isTable ? [0, 0, 8, 2, 0, 0, 0x75, 0x30, 0, 0, 0, 2, .. Enumerable.Range(0, 60_000).Select(i => (byte)(i * 7))]
            : name == "utf-16.csv" ? [0xff, 0xfe, .. System.Text.Encoding.Unicode.GetBytes(table)] : System.Text.Encoding.UTF8.GetBytes(table);
        if (name.EndsWith(".gz", StringComparison.Ordinal))
        {
            using var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            {
                gzip.Write(bytes);
            }

            bytes = packed.ToArray();
        }

        var (file, pipe) = (Path.Combine(_folder, name), Path.Combine(_folder, "pipe"));
        await File.WriteAllBytesAsync(file, bytes);
        using (var make = System.Diagnostics.Process.Start("mkfifo", pipe))
        {
            make.WaitForExit();
        }

        var writing = Task.Run(() =>
        {
            using var to = new FileStream(pipe, FileMode.Open, FileAccess.Write);
            to.Write(bytes);
        });
        using var fromPipe = new MemoryStream();
        Assert.Equal(30_000, PredictionTable.Write(model, pipe, fromPipe).Rows);
        await writing;
        using var fromFile = new MemoryStream();
        PredictionTable.Write(model, file, fromFile);
        Assert.Equal(fromFile.ToArray(), fromPipe.ToArray());
    }

    [Fact]
    public void The_files_of_a_folder_or_a_glob_are_predicted_one_after_another()
    {
        var inner = Directory.CreateDirectory(Path.Combine(_folder, "in")).FullName;
        File.WriteAllText(Path.Combine(inner, "1.csv"), "one,two\n4,10\n5,6\n");
        File.WriteAllText(Path.Combine(inner, "2.csv"), "id,two,one\nx,8,7\n");
        File.WriteAllText(Path.Combine(inner, "._2.csv"), "no table");
        var expected = Predict(SampleModels.Mlp(), "one,two\n4,10\n5,6\n7,8\n");
        foreach (var input in new[] { inner, Path.Combine(inner, "*.csv") })
        {
            var report = PredictionTable.Write(SampleModels.Mlp(), input, Path.Combine(_folder, "out.csv"), overwrite: true);
            Assert.Equal(3, report.Rows);
            Assert.Equal(["id"], report.Ignored);
            Assert.Equal(expected, File.ReadAllLines(Path.Combine(_folder, "out.csv")));
        }
    }

    [Fact]
    public void A_gzipped_table_of_many_parts_keeps_its_order_and_its_line_numbers()
    {
        // More than 32 MB unpacked, and hardly compressible cells: parts begin and end within it.
        var random = new Random(1);
        var rows = Enumerable.Range(0, 20_000).Select(i => $"{i % 7},{i % 11},{string.Concat(Enumerable.Range(0, 60).Select(_ => random.NextInt64().ToString("x16", CultureInfo.InvariantCulture)))}{string.Concat(Enumerable.Repeat("00000000", 80))}").ToArray();
        string Gzip(IEnumerable<string> lines)
        {
            var path = Path.Combine(_folder, "in.csv.gz");
            using var writer = new StreamWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest));
            foreach (var line in lines.Prepend("one,two,id"))
            {
                writer.WriteLine(line);
            }

            return path;
        }

        var output = Path.Combine(_folder, "out.csv");
        Assert.Equal(20_000, PredictionTable.Write(SampleModels.Mlp(), Gzip(rows), output).Rows);
        var lines = File.ReadAllLines(output)[1..];
        for (var i = 0; i < 20_000; i++)
        {
            Assert.Equal(Values(lines[i % 77]), Values(lines[i]), (a, b) => Math.Abs(a - b) < 1e-8);
        }

        rows[18_998] = "1,x,";
        Assert.StartsWith("in.csv.gz:19000: column 'two' holds 'x'", Assert.Throws<JobException>(() => PredictionTable.Write(SampleModels.Mlp(), Gzip(rows), output, overwrite: true)).Message);
    }
}
