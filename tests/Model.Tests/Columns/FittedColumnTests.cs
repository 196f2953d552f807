using System.Text.Json;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;
using Granary.Model.Prediction;
using Granary.Model.Tests.Data;

namespace Granary.Model.Tests.Columns;

/// <summary>Columns of a mixed table: the same for any number of shards, as scikit-learn has them, in training and in use.</summary>
public sealed class FittedColumnTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private Job Job(int shards) => MixedTable.Job(_folder.Write("people.csv", MixedTable.Golden.Training), shards);

    private static DataFacts Facts(Job job) => DataCheck.Run(job, 2).Facts;

    private static void Same(double[][] expected, double[][] found)
    {
        Assert.Equal(expected.Length, found.Length);
        for (var row = 0; row < expected.Length; row++)
        {
            Assert.Equal(expected[row].Length, found[row].Length);
            Assert.All(expected[row].Zip(found[row]), pair => Assert.Equal(pair.First, pair.Second, 1e-11));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void Features_are_those_of_scikit_learn(int shards)
    {
        var job = Job(shards);
        var facts = Facts(job);
        Same(MixedTable.Golden.X, MixedTable.Features(job, facts));
        var held = job with { Data = job.Data with { Path = _folder.Write("held.csv", MixedTable.Golden.Held), Columns = facts.Table!.Sections() } };
        Same(MixedTable.Golden.Z, MixedTable.Features(held, facts));
    }

    [Fact]
    public void What_is_fitted_has_the_same_bits_for_any_number_of_shards()
    {
        string[] fitted = [.. new[] { 1, 2, 3, 8 }.Select(shards => JsonSerializer.Serialize((Facts(Job(shards)) with { TrainingRows = [], ValidationRows = [] }).Table))];
        Assert.Single(fitted.Distinct());
    }

    [Fact]
    public void Statistics_are_those_of_a_plain_computation()
    {
        var columns = Facts(Job(3)).Table!.Columns.ToDictionary(c => c.Name);
        double[] ages = [.. MixedTable.Column("age").OfType<double>()];
        Assert.Equal((double)(ages.Sum(a => (decimal)a) / ages.Length), columns["age"].Fill!.Value, 1e-12);
        double?[] incomes = [.. MixedTable.Column("income").Select(x => x is { } v ? Math.Clamp(v, 5000, 90000) : (double?)null)];
        double[] there = [.. incomes.OfType<double>().Order()];
        var median = (there[(there.Length - 1) / 2] + there[there.Length / 2]) / 2;
        Assert.Equal(median, columns["income"].Fill!.Value, 1e-9);
        double[] filled = [.. incomes.Select(x => x ?? median).Order()];
        Assert.Equal(filled[filled.Length / 2], columns["income"].Center[0], 1e-9); // 203 of them
        Assert.Equal(((filled[151] + filled[152]) / 2) - ((filled[50] + filled[51]) / 2), columns["income"].Divisor[0], 1e-9);
        Assert.Equal(["Aachen", "Berlin", "Köln", "Zürich", "berlin"], columns["city"].Categories);
    }

    [Fact]
    public void Statistics_are_of_the_training_part_alone()
    {
        var job = Job(4);
        job = job with { Data = job.Data with { Validation = new() { Fraction = 0.5 } } };
        var facts = Facts(job);
        var ages = new List<double>();
        for (var v = 0; v < 4; v++)
        {
            using var examples = ShardData.Read(job, v).Prepare(facts);
            var batch = examples.Training(0, 0, examples.TrainingRows);
            ages.AddRange(batch.Inputs.data<double>().ToArray().Where((_, i) => i % facts.Shape.Features == 0));
        }

        Assert.Equal(facts.TrainingRows.Sum(), ages.Count);
        Assert.Equal(0, ages.Average(), 1e-13);
        Assert.Equal(1, ages.Average(a => a * a), 1e-13);
    }

    [Fact]
    public void A_check_shows_kinds_gaps_and_the_first_rows_as_the_model_will_see_them()
    {
        var found = DataCheck.Inspect(Job(3), 2, withColumns: true);
        var columns = found.Report.Columns.ToDictionary(c => c.Name);
        Assert.Equal(MixedTable.Columns.Named.Keys, found.Report.Columns.Select(c => c.Name));
        Assert.All(columns.Values, c => Assert.Equal(MixedTable.Columns.Named[c.Name].Kind, c.Kind));
        double?[] ages = MixedTable.Column("age");
        Assert.Equal((ages.LongCount(a => a is null), ages.Min(), ages.Max()), (columns["age"].Missing, columns["age"].Least, columns["age"].Greatest));
        Assert.Equal(5, columns["city"].Distinct);
        Assert.Null(columns["code"].Distinct);
        Assert.Equal(found.Facts.Columns, found.Report.Preview!.Features);
        Same(MixedTable.Golden.X[..3], [.. found.Report.Preview.Rows]);
    }

    private TrainedModel Saved()
    {
        var job = Job(4);
        var facts = Facts(job);
        var path = _folder["model.safetensors"];
        SavedModel.Write(path, job, facts, ModelShape.Of(job.Model, facts.Shape), (float[])[.. MixedTable.Golden.W.Append(MixedTable.Golden.B).Select(w => (float)w)]);
        return TrainedModel.Load(path);
    }

    [Fact]
    public void A_saved_model_predicts_rows_of_text_as_scikit_learn_does()
    {
        var output = _folder["out.csv"];
        var report = PredictionTable.Write(Saved(), _folder.Write("held.csv", MixedTable.Golden.Held), output);
        Assert.Equal(["y"], report.Ignored);
        var lines = File.ReadAllLines(output);
        Assert.Equal("class,probability.goes,probability.stays", lines[0]);
        Assert.Equal(MixedTable.Golden.Probability.Length, lines.Length - 1);
        Assert.All(lines[1..].Zip(MixedTable.Golden.Probability), pair => Assert.Equal(pair.Second, double.Parse(pair.First.Split(',')[2], System.Globalization.CultureInfo.InvariantCulture), 1e-6));
    }

    [Theory]
    [InlineData("income,score,city,code,member,joined,note\n", "in.csv:1: there is no column 'age', which the model was trained on.")]
    [InlineData("age,income,score,city,code,member,joined,note\n1,2,3,Berlin,K1,maybe,2020-01-01,x\n", "in.csv:2: column 'member' holds 'maybe', which is not true or false")]
    [InlineData("age,income,score,city,code,member,joined,note\nBerlin,2,3,Berlin,K1,no,2020-01-01,x\n", "in.csv:2: column 'age' holds 'Berlin', which is not a number")]
    [InlineData("age,income,score,city,code,member,joined,note\n1,2,3,Berlin,,no,2020-01-01,x\n", "in.csv:2: column 'code' is empty: fill it in, leave the row out, or say in data.columns what becomes of it")]
    public void Rows_that_a_model_cannot_use_are_named(string text, string message)
    {
        var refusal = Assert.Throws<JobException>(() => PredictionTable.Write(Saved(), _folder.Write("in.csv", text), _folder["out.csv"], overwrite: true)).Message;
        Assert.StartsWith(message, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_forged_table_is_refused()
    {
        var model = Saved();
        var table = model.Facts.Table!;
        Assert.Null(table.Broken(model.Facts.Columns));
        Assert.NotNull(table.Broken([.. model.Facts.Columns.Skip(1)]));
        Assert.NotNull(new TableEncoding([.. table.Columns.Select(c => c with { Divisor = [] })]).Broken(model.Facts.Columns));
        Assert.NotNull(new TableEncoding([.. table.Columns.Select(c => c with { Section = c.Section with { Kind = "none" } })]).Broken(model.Facts.Columns));
        Assert.NotNull(new TableEncoding([.. table.Columns.Select(c => c with { Weights = [double.NaN] })]).Broken(model.Facts.Columns));
    }
}
