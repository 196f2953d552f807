using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;
using Granary.Model.Prediction;
using Granary.Model.Tests.Columns;
using Granary.Model.Tests.Data;
using Granary.Model.Tests.Files;

namespace Granary.Model.Tests.Prediction;

/// <summary>What a linear model's score is made of, against sums by hand and scikit-learn's features.</summary>
public sealed class ExplanationTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string[][] Explain(TrainedModel model, string input)
    {
        using var output = new MemoryStream();
        PredictionTable.Write(model, input, output, explain: true);
        return [.. Encoding.UTF8.GetString(output.ToArray()).TrimEnd().Split('\n').Select(l => l.Split(','))];
    }

    private static double[] Numbers(IEnumerable<string> cells) => [.. cells.Select(c => double.Parse(c, CultureInfo.InvariantCulture))];

    // The training part: size 1, 2, none, 6; red, blue, red, blue; Monday 6 January 2020 to Thursday.
    private TrainedModel Houses(Precision precision)
    {
        var path = _folder.Write("houses.csv", "size,colour,sold,y\n1,red,2020-01-06,a\n2,blue,2020-01-07,b\n,red,2020-01-08,a\n6,blue,2020-01-09,b\n");
        var job = new Job(
            1,
            "houses",
            new ModelSection { Kind = "logistic", Precision = precision },
            new DataSection
            {
                Format = "csv",
                Path = path,
                Label = "y",
                Target = LabelTarget.Classes,
                Shards = 2,
                Columns = new(false, new Dictionary<string, ColumnSection>
                {
                    ["size"] = new() { Kind = "numeric", Scale = ColumnScale.Standard, Missing = MissingRule.Mean },
                    ["colour"] = new() { Kind = "categorical", Missing = MissingRule.Slot },
                    ["sold"] = new() { Kind = "date", Missing = MissingRule.Slot },
                }),
            },
            new TrainingSection { Epochs = 1, Batch = 1 });
        return SampleModels.Create(job.Model, job.Data, DataCheck.Run(job, 1).Facts);
    }

    [Theory]
    [InlineData(Precision.Float64, 1e-14)]
    [InlineData(Precision.Float32, 1e-6)]
    public void Contributions_are_the_sums_by_hand(Precision precision, double rounding)
    {
        var model = Houses(precision);
        double W(string feature) => model.Weights[model.Facts.Columns.ToList().IndexOf(feature) is >= 0 and var f ? f : throw new ArgumentException(feature)];

        // Mean 3 of the three sizes; with the gap filled the deviation is the root of 14 / 4. The days have the mean 18268.5 and the deviation root of 5 / 4.
        double Size(double size) => W("size") * (size - 3) / Math.Sqrt(3.5);
        double Days(int day) => W("sold.elapsed") * (day - 18268.5) / Math.Sqrt(1.25);
        double[][] expected =
        [
            [Size(6), W("colour=red"), Days(18267) + W("sold.month=1") + W("sold.weekday=monday")],
            [0, W("colour is another"), Days(18301) + W("sold.month=2") + W("sold.weekday=sunday")], // no size: the mean; green was never seen
            [Size(2), W("colour is missing"), Days(18269) + W("sold.month=1") + W("sold.weekday=wednesday")],
        ];
        var lines = Explain(model, _folder.Write("in.csv", "colour,size,sold\nred,6,2020-01-06\ngreen,,2020-02-09\n,2,2020-01-08\n"));
        Assert.Equal("class,probability.a,probability.b,score.b,bias.b,contribution.b.size,contribution.b.colour,contribution.b.sold", string.Join(',', lines[0]));
        Assert.Equal(3, lines.Length - 1);
        foreach (var (cells, parts) in lines[1..].Zip(expected))
        {
            var numbers = Numbers(cells[1..]);
            Assert.Equal(parts, numbers[4..], (a, b) => Math.Abs(a - b) <= rounding * 20); // the date's elapsed days are up to 30 deviations
            Assert.Equal(model.Weights[^1], numbers[3]);
            Assert.Equal(numbers[2], numbers[3..].Sum(), rounding * 20);
            Assert.Equal(numbers[1], 1 / (1 + Math.Exp(-numbers[2])), 1e-7); // the score is the log-odds of b
        }
    }

    [Fact]
    public void A_date_that_is_missing_contributes_its_slot_and_that_of_the_mean()
    {
        var model = Houses(Precision.Float64);
        double W(string feature) => model.Weights[model.Facts.Columns.ToList().IndexOf(feature)];
        var parts = Numbers(Explain(model, _folder.Write("in.csv", "colour,size,sold\nred,6,\n"))[1][1..]);

        // 18268.5 is noon of Tuesday 7 January.
        Assert.Equal(W("sold is missing") + W("sold.month=1") + W("sold.weekday=tuesday"), parts[^1], 1e-14);
    }

    [Fact]
    public void Contributions_are_scikit_learn_s_features_times_the_weights()
    {
        var job = MixedTable.Job(_folder.Write("people.csv", MixedTable.Golden.Training), 2);
        var facts = DataCheck.Run(job, 2).Facts;
        float[] weights = [.. MixedTable.Golden.W.Append(MixedTable.Golden.B).Select(w => (float)w)];
        var model = SampleModels.Create(job.Model, job.Data, facts) with { Weights = weights };
        int[] widths = [1, 1, 1, 7, 16, 1, 20, 32]; // age, income, score, city, code, member, joined, note
        var lines = Explain(model, _folder.Write("held.csv", MixedTable.Golden.Held));
        Assert.Equal(MixedTable.Golden.Z.Length, lines.Length - 1);
        Assert.Equal(MixedTable.Columns.Named.Keys.Select(c => $"contribution.stays.{c}"), lines[0][5..]);
        foreach (var (cells, z, probability) in lines[1..].Zip(MixedTable.Golden.Z, MixedTable.Golden.Probability))
        {
            var (numbers, at) = (Numbers(cells[1..]), 0);
            for (var c = 0; c < widths.Length; at += widths[c++])
            {
                Assert.Equal(Enumerable.Range(at, widths[c]).Sum(f => z[f] * weights[f]), numbers[4 + c], 1e-12);
            }

            Assert.Equal(numbers[2], numbers[3..].Sum(), 1e-13);
            Assert.Equal(probability, 1 / (1 + Math.Exp(-numbers[2])), 1e-6); // scikit-learn's weights are not rounded to float32
        }
    }

    [Fact]
    public void Of_several_classes_the_chosen_one_is_explained()
    {
        var model = SampleModels.Softmax();
        double[][] rows = [[4, 2], [-20, 10], [10, -30], [1, 2]];
        var lines = Explain(model, _folder.Write("in.csv", "one,two\n" + string.Concat(rows.Select(r => $"{r[0]},{r[1]}\n"))));
        Assert.Equal("class,probability.a,probability.b,probability.ü,score,bias,contribution.one,contribution.two", string.Join(',', lines[0]));
        Assert.True(lines[1..].Select(l => l[0]).Distinct().Count() > 1);
        foreach (var (cells, x) in lines[1..].Zip(rows))
        {
            var (k, numbers, w) = (model.Facts.Classes.ToList().IndexOf(cells[0]), Numbers(cells[4..]), model.Weights);
            double[] parts = [w[2 * k] * (x[0] - 1) / 3, w[(2 * k) + 1] * (x[1] - 2) / 4];
            Assert.Equal(w[6 + k], numbers[1]);
            Assert.Equal(parts, numbers[2..], (a, b) => Math.Abs(a - b) < 1e-5); // x is rounded to float32
            Assert.Equal(numbers[0], numbers[1..].Sum(), 1e-5);
        }
    }

    [Fact]
    public void A_number_is_explained_in_the_target_s_own_units()
    {
        var model = SampleModels.Numbers(new ModelSection { Kind = "linear", Loss = Loss.SquaredError });
        var lines = Explain(model, _folder.Write("in.csv", "two,one\n10,4\n"));
        Assert.Equal("prediction,score,bias,contribution.one,contribution.two", string.Join(',', lines[0]));
        var (numbers, w) = (Numbers(lines[1]), model.Weights);
        double[] expected = [250 + (80.0 * w[2]), 80.0 * w[0] * 4, 80.0 * w[1] * 10];
        Assert.Equal(expected, numbers[2..], (a, b) => Math.Abs(a - b) < 1e-10);
        Assert.Equal(numbers[0], numbers[1]);
        Assert.Equal(numbers[1], numbers[2..].Sum(), 1e-4);

        // A regression of counts adds up to the logarithm of what it predicts.
        var counts = SampleModels.Numbers(new ModelSection { Kind = "linear", Loss = Loss.Poisson });
        counts = counts with { Data = counts.Data with { StandardizeTarget = false }, Facts = counts.Facts with { TargetScaling = null } };
        numbers = Numbers(Explain(counts, _folder["in.csv"])[1]);
        Assert.Equal(Math.Log(numbers[0]), numbers[2..].Sum(), 1e-5);
    }

    [Fact]
    public void Each_of_several_labels_is_explained()
    {
        var model = SampleModels.Labels(new ModelSection { Kind = "logistic" });
        using var output = new MemoryStream();
        PredictionTable.Write(model, _folder.Write("in.csv", "one,two\n4,10\n"), output, PredictionFormat.Jsonl, explain: true);
        var line = JsonDocument.Parse(output.ToArray()).RootElement;
        for (var k = 0; k < 3; k++)
        {
            var label = model.Facts.Classes[k];
            var explained = line.GetProperty("explanations").GetProperty(label);
            var parts = explained.GetProperty("contributions");
            Assert.Equal(model.Weights[2 * k] * 1.0, parts.GetProperty("one").GetDouble(), 1e-12); // (4 - 1) / 3
            Assert.Equal(model.Weights[(2 * k) + 1] * 2.0, parts.GetProperty("two").GetDouble(), 1e-12); // (10 - 2) / 4
            Assert.Equal(model.Weights[6 + k], explained.GetProperty("bias").GetDouble());
            Assert.Equal(line.GetProperty("probabilities").GetProperty(label).GetDouble(), 1 / (1 + Math.Exp(-explained.GetProperty("score").GetDouble())), 1e-7);
        }
    }

    [Fact]
    public void Lines_of_JSON_say_what_the_table_says()
    {
        var model = SampleModels.Softmax();
        var table = Explain(model, _folder.Write("in.csv", "one,two\n4,2\n-20,10\n"));
        using var output = new MemoryStream();
        PredictionTable.Write(model, _folder["in.csv"], output, PredictionFormat.Jsonl, explain: true);
        var lines = Encoding.UTF8.GetString(output.ToArray()).TrimEnd().Split('\n').Select(l => JsonDocument.Parse(l).RootElement.GetProperty("explanation")).ToArray();
        Assert.Equal(table[1..].Select(r => string.Join(' ', r[4..].Prepend(r[0]))), lines.Select(l => string.Join(
            ' ', l.GetProperty("of").GetString(), l.GetProperty("score").GetRawText(), l.GetProperty("bias").GetRawText(),
            l.GetProperty("contributions").GetProperty("one").GetRawText(), l.GetProperty("contributions").GetProperty("two").GetRawText())));

        // A number is of nothing, and nothing is explained where nobody asks.
        var number = SampleModels.Numbers(new ModelSection { Kind = "linear", Loss = Loss.SquaredError });
        output.SetLength(0);
        PredictionTable.Write(number, _folder["in.csv"], output, PredictionFormat.Jsonl, explain: true);
        Assert.StartsWith("{\"prediction\":", Encoding.UTF8.GetString(output.ToArray()));
        Assert.DoesNotContain("\"of\"", Encoding.UTF8.GetString(output.ToArray()));
        output.SetLength(0);
        PredictionTable.Write(model, _folder["in.csv"], output, PredictionFormat.Jsonl);
        Assert.DoesNotContain("expla", Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public void Features_without_names_are_explained_by_their_numbers()
    {
        var model = SampleModels.Logistic();
        model = model with { Data = model.Data with { Format = "libsvm", Label = null }, Facts = model.Facts with { Columns = [] } };
        var named = Explain(SampleModels.Logistic(), _folder.Write("in.csv", "one,two\n4,2\n0,-1\n"));
        var numbered = Explain(model, _folder.Write("lines", "1:4 2:2\n2:-1\n"));
        Assert.Equal("class,probability.no,probability.yes,score.yes,bias.yes,contribution.yes.1,contribution.yes.2", string.Join(',', numbered[0]));
        Assert.Equal(named[1..], numbered[1..]);
    }

    [Fact]
    public void A_model_that_is_not_linear_is_refused_before_anything_is_written()
    {
        var message = Assert.Throws<JobException>(() => PredictionTable.Write(
            SampleModels.Mlp(), _folder.Write("in.csv", "one,two\n4,2\n"), _folder["out.csv"], explain: true)).Message;
        Assert.Equal(
            "sample: this is a mlp model, whose scores are no sums over columns. --explain is for models that are linear: logistic, softmax, linear. For others see which columns matter with granary evaluate --importance.",
            message);
        Assert.False(File.Exists(_folder["out.csv"]));
    }
}
