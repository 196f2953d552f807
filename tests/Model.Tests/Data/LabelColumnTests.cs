using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Data.Cache;

namespace Granary.Model.Tests.Data;

/// <summary>Columns that are labels of which a row has any number.</summary>
public sealed class LabelColumnTests : IDisposable
{
    private const int Rows = 40;

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static int Has(int row, int label) => row / (label + 1) % 2;

    private string Table(Func<int, string>? first = null) => _folder.Write(
        "d.csv", "u,a,v,b,w\n" + string.Concat(Enumerable.Range(0, Rows).Select(i => FormattableString.Invariant($"{first?.Invoke(i) ?? $"{Has(i, 0)}"},{i}.5,{(i % 3 == 0 ? $"{Has(i, 1)}.0" : $"\"{Has(i, 1)}\"")},{i * i},{i % 5}\n"))));

    private static DataSection Csv(string path) => new() { Format = "csv", Path = path, Target = LabelTarget.Labels, LabelColumns = ["v", "u"], Ignore = ["w"], Shards = 3 };

    private static Job Job(DataSection data, TrainingSection? training = null) =>
        DataFolder.Job(data, training) with { Model = new ModelSection { Kind = "logistic", Precision = Precision.Float64 } };

    private static void AllThere(Job job, ReadingMeans? use = null, bool weighted = false)
    {
        var (facts, _) = DataCheck.Run(job, 2, use);
        Assert.Equal(["v", "u"], facts.Classes);
        Assert.Equal(new InputShape(2, 2) { IsMultiLabel = true }, facts.Shape);
        var count = 0;
        for (var v = 0; v < job.Data.Shards; v++)
        {
            using var examples = ShardData.Read(job, v, use).Prepare(facts);
            var batch = examples.Training(0, 0, examples.TrainingRows);
            Assert.Equal([batch.Count, 2], batch.Targets.shape);
            var (x, y) = (batch.Inputs.data<double>().ToArray(), batch.Targets.data<double>().ToArray());
            for (var i = 0; i < batch.Count; i++, count++)
            {
                if (batch.RowWeights?[i] == 0)
                {
                    Assert.Equal((0, 0), (x[2 * i], x[(2 * i) + 1])); // whatever it holds
                    continue;
                }

                var row = (int)x[2 * i];
                Assert.Equal((Has(row, 1), Has(row, 0)), (y[2 * i], y[(2 * i) + 1])); // in the order of the columns that the job names
                Assert.Equal(weighted ? row % 5 : null, batch.RowWeights?[i]);
            }
        }

        Assert.Equal(Rows, count);
    }

    [Fact]
    public void Labels_come_as_they_are_and_are_no_features()
    {
        AllThere(Job(Csv(Table())));
        AllThere(Job(Csv(Table()) with { Weight = "w", Ignore = [] }), weighted: true);
        AllThere(Job(Csv(Table()) with { MissingSpellings = ["0", "n/a"], Missing = MissingValues.Mean })); // a label of 0 is none that is missing
        AllThere(Job(Csv(Table()) with { Columns = new ColumnsSection(false, new Dictionary<string, ColumnSection> { ["a"] = new() { Kind = "numeric" } }) }));
    }

    [Fact]
    public void Kept_rows_have_the_same_labels()
    {
        var means = new ReadingMeans(null, new RowCache(_ => { }, least: 0));
        AllThere(Job(Csv(Table())), means);
        AllThere(Job(Csv(Table())), means);
        var one = DataFolder.Job(Csv(Table()) with { Target = LabelTarget.Auto, LabelColumns = null, Label = "v", Ignore = ["u", "w"] });
        Assert.False(DataCheck.Run(one, 2, means).Facts.Shape.IsMultiLabel);
        AllThere(Job(Csv(Table())), means);
    }

    [Fact]
    public void A_check_tells_how_often_each_occurs()
    {
        var found = DataCheck.Inspect(Job(Csv(Table()) with { Validation = new() { Fraction = 0.25 } }), 2, withColumns: true);
        Assert.True(found.Report.IsMultiLabel);
        Assert.Equal(["v", "u"], found.Report.Classes.Select(c => c.Name));
        Assert.Equal(Enumerable.Range(0, Rows).Sum(i => Has(i, 1)), found.Report.Classes[0].Training + found.Report.Classes[0].HeldOut);
        Assert.Equal(Enumerable.Range(0, Rows).Sum(i => Has(i, 0)), found.Report.Classes[1].Training + found.Report.Classes[1].HeldOut);
        Assert.DoesNotContain(found.Warnings, w => w.Kind.Contains("label"));
    }

    private static string Error(DataSection data) => Assert.Throws<JobException>(() => DataCheck.Run(Job(data), 2)).Message;

    [Theory]
    [InlineData("2", "d.csv:9: column 'u' holds '2', which is no label (data.labelColumns): it is 1 where a row has it, else 0: correct it, or leave the row out.")]
    [InlineData("0.5", "d.csv:9: column 'u' holds '0.5', which is no label (data.labelColumns): it is 1 where a row has it, else 0: correct it, or leave the row out.")]
    [InlineData("yes", "d.csv:9: column 'u' holds 'yes', which is not a number, but it is a label (data.labelColumns): 1 where a row has it, else 0: correct it, or leave the row out.")]
    [InlineData("", "d.csv:9: column 'u' is empty: every row needs 0 or 1 for each label: give it one, or leave the row out.")]
    [InlineData("nan", "d.csv:9: column 'u' holds 'nan', which stands for a missing value, but every row needs 0 or 1 for each label: give it one, or leave the row out.")]
    public void What_is_no_label_is_told_by_line(string cell, string message)
    {
        var data = Csv(Table(i => i == 7 ? cell : $"{Has(i, 0)}"));
        Assert.Equal(message, Error(data));
        Assert.Equal(message, Error(data with { Missing = MissingValues.Mean })); // features alone are filled in
    }

    [Fact]
    public void Labels_that_say_nothing_are_refused()
    {
        Assert.Equal("d.csv: the label 'u' is 0 in every row: there is nothing to learn. Take it out of data.labelColumns, and name it in data.ignore.", Error(Csv(Table(_ => "0"))));
        Assert.Equal("d.csv: the label 'u' is 1 in every row: there is nothing to learn. Take it out of data.labelColumns, and name it in data.ignore.", Error(Csv(Table(_ => "1"))));
        Assert.StartsWith("d.csv:1: there is no column 'z' (data.labelColumns).", Error(Csv(Table()) with { LabelColumns = ["v", "z"] }));
    }
}
