using System.Globalization;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Data.Cache;

namespace Granary.Model.Tests.Data;

/// <summary>Targets that are numbers, from files to tensors.</summary>
public sealed class NumberTargetTests : IDisposable
{
    private const int Rows = 40;

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static Job Job(DataSection data, Loss loss = Loss.SquaredError, Precision precision = Precision.Float64) => new(
        1, "j", new ModelSection { Kind = "linear", Loss = loss, Precision = precision }, data with { Target = LabelTarget.Number }, new TrainingSection { Epochs = 1, Batch = 1, Seed = 5 });

    private static DataSection Csv(string path, int shards = 3) => new() { Format = "csv", Path = path, Label = "y", Shards = shards };

    private static double Y(int i) => (i * 37 % 101 / 4.0) - 7;

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture) + "\n";

    private string Table(string name = "d.csv", Func<int, string>? target = null) =>
        _folder.Write(name, "a,y,b\n" + string.Concat(Enumerable.Range(0, Rows).Select(i => Line($"{i}.5,{target?.Invoke(i) ?? Y(i).ToString(CultureInfo.InvariantCulture)},{i * i}"))));

    // Every training example of every shard, by its first feature.
    private static Dictionary<double, double> Targets(Job job, ReadingMeans? means = null)
    {
        var (facts, _) = DataCheck.Run(job, 2, means);
        Assert.Equal((0, 0), (facts.Shape.Classes, facts.Classes.Count));
        var all = new Dictionary<double, double>();
        for (var v = 0; v < job.Data.Shards; v++)
        {
            using var examples = ShardData.Read(job, v, means).Prepare(facts);
            var batch = examples.Training(0, 0, examples.TrainingRows);
            var (x, y) = (batch.Inputs.data<double>().ToArray(), batch.Targets.data<double>().ToArray());
            for (var i = 0; i < y.Length; i++)
            {
                all.Add(x[i * facts.Shape.Features], y[i]);
            }
        }

        return all;
    }

    private static void AllThere(Dictionary<double, double> found, double offset = 0.5)
    {
        Assert.Equal(Rows, found.Count);
        Assert.All(Enumerable.Range(0, Rows), i => Assert.Equal(Y(i), found[i + offset]));
    }

    [Fact]
    public void Numbers_of_csv_files_come_as_they_are() => AllThere(Targets(Job(Csv(Table()))));

    // Cells that the quick reader leaves to the other one.
    [Fact]
    public void Numbers_in_unusual_spellings_are_the_same_numbers() =>
        AllThere(Targets(Job(Csv(Table(target: i => i % 3 == 0 ? $"\"{Y(i).ToString("E3", CultureInfo.InvariantCulture)}\"" : $" +{Y(i).ToString("F4", CultureInfo.InvariantCulture)} ".Replace("+-", "-"))))));

    [Fact]
    public void Kept_rows_have_the_same_targets_and_are_no_classes_rows()
    {
        var means = new ReadingMeans(null, new RowCache(_ => { }, least: 0));
        var job = Job(Csv(Table()));
        AllThere(Targets(job, means));
        var files = Directory.GetFiles(_folder[DataFiles.CacheFolder]);
        Assert.Equal(3, files.Length);
        AllThere(Targets(job, means));
        var classes = DataFolder.Job(job.Data with { Target = LabelTarget.Classes });
        Assert.Equal(Enumerable.Range(0, Rows).Select(Y).Distinct().Count(), DataCheck.Run(classes, 2, means).Facts.Shape.Classes);
        Assert.Equal(6, Directory.GetFiles(_folder[DataFiles.CacheFolder]).Length);
    }

    [Fact]
    public void Numbers_of_libsvm_files_come_as_they_are() => AllThere(Targets(Job(new DataSection
    {
        Format = "libsvm",
        Path = _folder.Write("d.svm", string.Concat(Enumerable.Range(0, Rows).Select(i => Line($"{Y(i)} 1:{i}.5 2:{i * i}")))),
        Shards = 3,
    })));

    [Fact]
    public void A_standardised_target_has_mean_0_and_deviation_1_over_the_training_part()
    {
        var job = Job(Csv(Table()) with { StandardizeTarget = true, Validation = new() { Fraction = 0.25 } });
        var (facts, _) = DataCheck.Run(job, 2);
        var scaled = Targets(job);
        double[] own = [.. scaled.Keys.Select(x => Y((int)x))];
        var mean = own.Average();
        var deviation = Math.Sqrt(own.Average(y => (y - mean) * (y - mean)));
        Assert.Equal(30, own.Length);
        Assert.Equal(mean, facts.TargetScaling!.Mean, 1e-13);
        Assert.Equal(deviation, facts.TargetScaling.Deviation, 1e-13);
        Assert.All(scaled, e => Assert.Equal((Y((int)e.Key) - mean) / deviation, e.Value, 1e-12));
    }

    [Fact]
    public void A_check_tells_what_the_target_is_like()
    {
        var found = DataCheck.Inspect(Job(Csv(Table())), 2, withColumns: true);
        double[] all = [.. Enumerable.Range(0, Rows).Select(Y)];
        var target = found.Report.Target!;
        Assert.Equal((all.Min(), all.Max()), (target.Least, target.Greatest));
        Assert.Equal(all.Average(), target.Mean!.Value, 1e-12);
        Assert.Empty(found.Report.Classes);
        Assert.Equal(["a", "b"], found.Report.Columns.Select(c => c.Name));
        Assert.DoesNotContain(found.Warnings, w => w.Kind.Contains("label") || w.Kind.Contains("target"));
    }

    private static string Error(Job job)
    {
        var message = Assert.Throws<JobException>(() => DataCheck.Run(job, 2)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    [Theory]
    [InlineData("cheap", "d.csv:9: column 'y' holds 'cheap', which is not a number, but data.target is number: correct it, or leave the row out.")]
    [InlineData("nan", "d.csv:9: column 'y' holds 'nan', which stands for a missing value, but every row needs a target: give it one, or leave the row out.")]
    [InlineData("NAN", "d.csv:9: column 'y' holds 'NAN', which is not a finite number: correct it, or leave the row out.")]
    [InlineData("1e999", "d.csv:9: column 'y' holds '1e999', which is not a finite number: correct it, or leave the row out.")]
    [InlineData("", "d.csv:9: column 'y' is empty: every row needs a target: give it one, or leave the row out.")]
    [InlineData("-999", "d.csv:9: column 'y' holds '-999', which stands for a missing value, but every row needs a target: give it one, or leave the row out.")]
    public void A_target_that_is_no_number_is_told_by_line(string cell, string message)
    {
        var path = Table(target: i => i == 7 ? cell : "1" + i);
        foreach (var missing in Enum.GetValues<MissingValues>()) // features alone are filled in
        {
            var data = Csv(path) with { Missing = missing, MissingSpellings = cell == "-999" ? ["-999"] : MissingSpellings.Usual };
            Assert.Equal(message, Error(Job(data)));
        }
    }

    [Fact]
    public void A_target_that_says_nothing_is_refused()
    {
        Assert.Equal("d.csv: the target 'y' is 3.5 in every row: there is nothing to learn. Choose another data.label.", Error(Job(Csv(Table(target: _ => "3.50")))));
        Assert.Equal("d.csv:1: there is no column 'price' (data.label). The columns are: a, y, b.", Error(Job(Csv(Table()) with { Label = "price" })));
        Assert.StartsWith("d.csv: the target 'y' is -7 somewhere, but model.loss is poisson, which is for counts: 0 or more.", Error(Job(Csv(Table()), Loss.Poisson)));
        Assert.StartsWith("d.svm:1: the label is 'x', which is not a finite number", Error(Job(new DataSection { Format = "libsvm", Path = _folder.Write("d.svm", "x 1:2\n"), Shards = 1 })));
    }

    [Fact]
    public void A_quantity_for_a_classifier_is_refused_with_the_way_to_a_regression() => Assert.Contains(
        "To predict the quantity itself, set data.target to number and model.kind to linear, mlp or cnn",
        DataFolder.Error(Csv(Table(target: i => $"{i * i}.25"), shards: 1)));

    // Bytes are cut evenly: one long row leaves shards without any.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_shard_without_rows_changes_nothing(bool validation)
    {
        var path = _folder.Write("long.svm", "1.5 1:1 2:" + new string('1', 90) + "\n2.5 1:2\n4 1:3\n");
        var data = new DataSection { Format = "libsvm", Path = path, Shards = 3, StandardizeTarget = true };
        data = validation ? data with { Validation = new() { Path = _folder.Write("v.svm", "1 1:1\n2 1:2\n3 1:4\n") } } : data;
        var (facts, _) = DataCheck.Run(Job(data), 2, null);
        Assert.Equal(8.0 / 3, facts.TargetScaling!.Mean, 1e-12);
        Assert.Equal(Math.Sqrt(((1.5 * 1.5) + (2.5 * 2.5) + 16) / 3 - (8.0 / 3 * 8 / 3)), facts.TargetScaling.Deviation, 1e-12);
    }
}
