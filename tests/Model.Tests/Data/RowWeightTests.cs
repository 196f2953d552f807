using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Data.Cache;

namespace Granary.Model.Tests.Data;

/// <summary>A column that says what each row weighs, as every reader has it.</summary>
public sealed class RowWeightTests : IDisposable
{
    private const int Rows = 40;

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static double Weight(int row) => row % 5 * 0.75;

    private string Table(Func<int, string>? weight = null, string target = "c") => _folder.Write(
        "d.csv", "w,a,y,b\n" + string.Concat(Enumerable.Range(0, Rows).Select(i => FormattableString.Invariant($"{weight?.Invoke(i) ?? Weight(i).ToString("R", null)},{i}.5,{(target == "c" ? $"c{i % 2}" : $"{i}")},{i * i}\n"))));

    private static DataSection Csv(string path) => new() { Format = "csv", Path = path, Label = "y", Weight = "w", Shards = 3 };

    // Of every training row that weighs something its first feature, as it is in the file, and what it weighs; and how many others there are.
    private static (Dictionary<double, double> Weighty, int Others) Weights(Job job, ReadingMeans? use = null)
    {
        var (facts, _) = DataCheck.Run(job, 2, use);
        var (all, others) = (new Dictionary<double, double>(), 0);
        for (var v = 0; v < job.Data.Shards; v++)
        {
            using var examples = ShardData.Read(job, v, use).Prepare(facts);
            var batch = examples.Training(0, 0, examples.TrainingRows);
            Assert.Equal(2, facts.Shape.Features);
            Assert.NotNull(batch.RowWeights);
            Assert.Equal(batch.RowWeights.Sum(), batch.Weight, 1e-12);
            Assert.Equal(batch.RowWeights, batch.Weights!.data<double>().ToArray());
            var x = batch.Inputs.data<double>().ToArray();
            for (var i = 0; i < batch.Count; i++)
            {
                if (batch.RowWeights[i] == 0)
                {
                    Assert.Equal((0, 0), (x[2 * i], x[(2 * i) + 1])); // whatever it holds
                    others++;
                    continue;
                }

                all.Add(x[2 * i], batch.RowWeights[i]);
            }
        }

        return (all, others);
    }

    private static void AllThere((Dictionary<double, double> Weighty, int Others) found)
    {
        int[] weighty = [.. Enumerable.Range(0, Rows).Where(i => Weight(i) > 0)];
        Assert.Equal((weighty.Length, Rows - weighty.Length), (found.Weighty.Count, found.Others));
        Assert.All(weighty, i => Assert.Equal(Weight(i), found.Weighty[i + 0.5]));
    }

    [Fact]
    public void Weights_come_as_they_are_and_are_no_features()
    {
        AllThere(Weights(DataFolder.Job(Csv(Table()))));
        AllThere(Weights(DataFolder.Job(Csv(Table(i => i % 3 == 0 ? $"\"{Weight(i):R}\"" : $" +{Weight(i):R} ")))));
        AllThere(Weights(DataFolder.Job(Csv(Table()) with { MissingSpellings = ["0", "n/a"], Missing = MissingValues.Mean }))); // no weight of 0 is missing
    }

    [Fact]
    public void Beside_a_number_to_be_predicted_they_are_the_same()
    {
        var job = DataFolder.Job(Csv(Table(target: "n")) with { Target = LabelTarget.Number });
        AllThere(Weights(job with { Model = new ModelSection { Kind = "linear", Loss = Loss.SquaredError, Precision = Precision.Float64 } }));
    }

    [Fact]
    public void Beside_described_columns_they_are_the_same()
    {
        AllThere(Weights(DataFolder.Job(Csv(Table()) with { Columns = new ColumnsSection(false, new Dictionary<string, ColumnSection> { ["a"] = new() { Kind = "numeric" } }) })));
        var inferred = DataFolder.Job(Csv(Table()) with { Columns = new ColumnsSection(true, new Dictionary<string, ColumnSection>()) });
        Assert.Equal(["a", "b"], DataCheck.Run(inferred, 1).Facts.Inputs);
    }

    [Fact]
    public void Kept_rows_have_the_same_weights_and_are_not_those_without()
    {
        var means = new ReadingMeans(null, new RowCache(_ => { }, least: 0));
        var job = DataFolder.Job(Csv(Table()));
        AllThere(Weights(job, means));
        Assert.Equal(3, Directory.GetFiles(_folder[DataFiles.CacheFolder]).Length);
        AllThere(Weights(job, means));
        var without = DataFolder.Job(job.Data with { Weight = null });
        Assert.Equal(3, DataCheck.Run(without, 2, means).Facts.Shape.Features);
        Assert.Equal(3, DataCheck.Run(without, 2, means).Facts.Shape.Features);
        AllThere(Weights(job, means));
    }

    [Fact]
    public void They_multiply_those_of_classes()
    {
        var weights = new ClassWeights { ByLabel = new Dictionary<string, double> { ["c1"] = 4 } };
        var job = DataFolder.Job(Csv(Table()) with { Shards = 1 }, new TrainingSection { Epochs = 1, Batch = 1, ClassWeights = weights });
        using var examples = ShardData.Read(job, 0).Prepare(DataCheck.Run(job, 1).Facts);
        var batch = examples.Training(0, 0, Rows);
        var (x, total, both) = (batch.Inputs.data<double>().ToArray(), 0.0, batch.Weights!.data<double>().ToArray());
        for (var i = 0; i < Rows; i++)
        {
            var row = (int)x[2 * i];
            Assert.Equal((Weight(row), Weight(row) * (row % 2 == 1 ? 4 : 1)), (batch.RowWeights![i], both[i]));
            total += both[i];
        }

        Assert.Equal(total, batch.Weight, 1e-12);
    }

    [Fact]
    public void Means_and_deviations_count_every_row_once()
    {
        var weighted = DataCheck.Run(DataFolder.Job(Csv(Table()) with { Standardize = true }), 2).Facts;
        var plain = DataCheck.Run(DataFolder.Job(Csv(Table()) with { Standardize = true, Weight = null, Ignore = ["w"] }), 2).Facts;
        Assert.Equal(plain.Scaling!.Mean, weighted.Scaling!.Mean);
        Assert.Equal(plain.Scaling.Deviation, weighted.Scaling.Deviation);
        Assert.Equal(new RowWeights(Enumerable.Range(0, Rows).Sum(Weight), 0, 0, 3), weighted.Weights);
        Assert.Null(plain.Weights);
    }

    [Fact]
    public void A_check_tells_what_rows_weigh()
    {
        var found = DataCheck.Inspect(DataFolder.Job(Csv(Table()) with { Validation = new() { Fraction = 0.25 } }), 2, withColumns: true).Report;
        Assert.Equal(("w", 0, 3), (found.Weights!.Column, found.Weights.Least, found.Weights.Greatest));
        Assert.Equal(Enumerable.Range(0, Rows).Sum(Weight), found.Weights.Training + found.Weights.HeldOut, 1e-12);
        Assert.True(found.Weights.HeldOut > 0);
        Assert.Equal(["a", "b"], found.Columns.Select(c => c.Name));
    }

    [Theory]
    [InlineData("-1", "d.csv:9: column 'w' holds '-1', which is no weight (data.weight), which is 0 or more: correct it, or leave the row out.")]
    [InlineData("heavy", "d.csv:9: column 'w' holds 'heavy', which is not a number, but it is data.weight: correct it, or leave the row out.")]
    [InlineData("NAN", "d.csv:9: column 'w' holds 'NAN', which is not a finite number: correct it, or leave the row out.")]
    [InlineData("nan", "d.csv:9: column 'w' holds 'nan', which stands for a missing value, but every row needs a weight (data.weight): give it one, or leave the row out.")]
    [InlineData("1e999", "d.csv:9: column 'w' holds '1e999', which is not a finite number: correct it, or leave the row out.")]
    [InlineData("", "d.csv:9: column 'w' is empty: every row needs a weight (data.weight): give it one, or leave the row out.")]
    public void What_is_no_weight_is_told_by_line(string cell, string message)
    {
        var data = Csv(Table(i => i == 7 ? cell : "1"));
        Assert.Equal(message, DataFolder.Error(data));
        Assert.Equal(message, DataFolder.Error(data with { Missing = MissingValues.Mean })); // features alone are filled in
        Assert.Equal(message, DataFolder.Error(data with { Columns = new ColumnsSection(false, new Dictionary<string, ColumnSection> { ["a"] = new() { Kind = "numeric" } }) }));
    }

    [Fact]
    public void Rows_that_weigh_nothing_together_are_refused()
    {
        var zeros = Csv(Table(_ => "0"));
        Assert.Equal("d.csv: column 'w' (data.weight) is 0 in every row: there is nothing to learn from. Give at least one row a weight above 0.", DataFolder.Error(zeros));
        var held = _folder.Write("h.csv", "w,a,y,b\n0,1,c0,1\n0,2,c1,3\n");
        Assert.Equal(
            "h.csv: column 'w' (data.weight) is 0 in every row that is held out: there is nothing to measure on. Hold out rows that weigh something.",
            DataFolder.Error(Csv(Table()) with { Validation = new() { Path = held } }));
        Assert.Equal("d.csv: the weights of column 'w' (data.weight) add up to more than a number can hold. Divide all of them by the same number.", DataFolder.Error(Csv(Table(_ => "1e308"))));
        Assert.StartsWith("d.csv:1: there is no column 'v' (data.weight).", DataFolder.Error(Csv(Table()) with { Weight = "v" }));
        var sample = new TrainingSection { Epochs = 1, Batch = 1, Evaluation = new EvaluationSection { Batches = 2 } };
        var last = _folder.Write("l.csv", "w,a,y,b\n0,1,c0,1\n3,2,c1,3\n2,2,c1,3\n0,4,c0,1\n1,5,c1,1\n4,6,c0,1\n"); // of six rows in one shard, the first and the fourth are evaluated
        var data = Csv(Table()) with { Shards = 1, Validation = new() { Path = last } };
        Assert.Equal(
            "l.csv: column 'w' (data.weight) is 0 in every one of the 2 held-out rows that are evaluated (training.evaluation.batches): there is nothing to measure on. "
            + "Set training.evaluation.batches to a greater number, or take it out: then all 6 are evaluated.",
            Assert.Throws<JobException>(() => DataCheck.Run(DataFolder.Job(data, sample), 2)).Message);
        Assert.Equal(10, DataCheck.Run(DataFolder.Job(data, sample with { Evaluation = new EvaluationSection { Batches = 3 } }), 2).Facts.Weights!.HeldOut);
        DataCheck.Run(DataFolder.Job(data, sample with { Evaluation = null }), 2);
        var small = DataFolder.Job(Csv(Table(_ => "1e31")));
        Assert.Contains("or set model.precision to float64", Assert.Throws<JobException>(() => DataCheck.Run(small with { Model = small.Model with { Precision = Precision.Float32 } }, 1)).Message);
    }
}
