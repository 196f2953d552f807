using System.Globalization;
using System.Text.Json;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Evaluation;
using Granary.Model.Files;
using Granary.Model.Tests.Columns;
using Granary.Model.Tests.Data;
using Granary.Model.Tests.Files;

namespace Granary.Model.Tests.Evaluation;

/// <summary>Permutation importance against scikit-learn's (tests/golden/importance.py), and against evaluations of files that were permuted by hand.</summary>
public sealed class PermutationImportanceTests : IDisposable
{
    private const double Exact = 1e-12;

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private sealed record Expected(double[] Mean, double[] Deviation);

    private sealed record Case(int[][] Permutations, Dictionary<string, Expected> Figures, double[]? Weights, double[][]? X, int[][]? Y, double[][]? W, double[]? B);

    private sealed record Line(double[][] X, double[] Y, double[] W, double B, double[] Mean, double[] Deviation, TargetScaling Scaling);

    private sealed record Lines(Line[] Evaluations);

    private static T Golden<T>(string file) => JsonSerializer.Deserialize<T>(File.ReadAllText(Python.Golden(file)), JsonSerializerOptions.Web)!;

    private static Case Of(string name) => Golden<Dictionary<string, Case>>("importance.json")[name];

    private static Dictionary<string, ColumnImportance> Run(TrainedModel model, string path, Case c)
    {
        var found = new PermutationImportance(model).Run(path, null, new ImportanceQuestion(c.Permutations.Length, 0), (repeat, _) => c.Permutations[repeat]);
        double[] order = [.. found.Columns.Select(f => (f.Loss ?? f.Rmse)!.Mean)];
        Assert.Equal(order.OrderDescending(), order);
        return found.Columns.ToDictionary(f => f.Column);
    }

    private static void Same(Expected expected, IEnumerable<RepeatedFigure?> found)
    {
        RepeatedFigure[] all = [.. found.Select(f => f!)];
        Assert.Equal(expected.Mean, all.Select(f => f.Mean), (a, b) => Math.Abs(a - b) < Exact);
        Assert.Equal(expected.Deviation, all.Select(f => f.Deviation), (a, b) => Math.Abs(a - b) < Exact);
    }

    private static string Rows(IEnumerable<double[]> x, IEnumerable<string> rest) =>
        string.Concat(x.Zip(rest, (row, more) => string.Join(',', row.Select(v => v.ToString("R", CultureInfo.InvariantCulture))) + $",{more}\n"));

    private static string Plain(double x) => x.ToString("R", CultureInfo.InvariantCulture);

    [Fact]
    public void Of_a_table_with_categories_gaps_and_dates_it_is_scikit_learn_s()
    {
        var job = MixedTable.Job(_folder.Write("people.csv", MixedTable.Golden.Training), 3);
        float[] weights = [.. MixedTable.Golden.W.Append(MixedTable.Golden.B).Select(w => (float)w)];
        var model = SampleModels.Create(job.Model, job.Data, DataCheck.Run(job, 2).Facts) with { Weights = weights };
        var c = Of("table");
        var found = Run(model, _folder.Write("held.csv", MixedTable.Golden.Held), c);
        string[] columns = [.. MixedTable.Columns.Named.Keys];
        Same(c.Figures["accuracy"], columns.Select(n => found[n].Accuracy));
        Same(c.Figures["neg_log_loss"], columns.Select(n => found[n].Loss));
        Assert.All(found.Values, f => Assert.True(f.Rmse is null && f.R2 is null));
    }

    [Fact]
    public void Of_numbers_whose_rows_are_weighted_it_is_scikit_learn_s()
    {
        var (line, c) = (Golden<Lines>("regression.json").Evaluations[0], Of("numbers"));
        string[] columns = [.. line.W.Select((_, f) => $"x{f}")];
        var model = SampleModels.Create(
            new ModelSection { Kind = "linear", Loss = Loss.SquaredError, Precision = Precision.Float64 },
            new DataSection { Format = "csv", Path = "d.csv", Label = "y", Weight = "w", Target = LabelTarget.Number, Standardize = true, StandardizeTarget = true },
            new DataFacts(new InputShape(columns.Length, 0), [], [1], [0], new Scaling(line.Mean, line.Deviation)) { Columns = columns, TargetScaling = line.Scaling })
            with
        { Weights = [.. line.W.Append(line.B).Select(w => (float)w)] };
        double[] anything = [.. columns.Select(_ => 1e300)]; // what a row that weighs nothing holds
        var x = line.X.Zip(c.Weights!, (row, w) => w == 0 ? anything : row);
        var found = Run(model, _folder.Write("d.csv", $"{string.Join(',', columns)},y,w\n" + Rows(x, line.Y.Zip(c.Weights!, (y, w) => $"{Plain(y)},{Plain(w)}"))), c);
        Same(c.Figures["r2"], columns.Select(n => found[n].R2));
        Same(c.Figures["neg_root_mean_squared_error"], columns.Select(n => found[n].Rmse));
        Assert.All(found.Values, f => Assert.True(f.Accuracy is null && f.Loss is null));
    }

    [Fact]
    public void Of_several_labels_it_is_that_of_whole_rows_and_of_the_mean_loss()
    {
        var c = Of("labels");
        string[] columns = ["a", "b", "c", "d"];
        var model = SampleModels.Create(
            new ModelSection { Kind = "logistic", Precision = Precision.Float64 },
            new DataSection { Format = "csv", Path = "d.csv", Target = LabelTarget.Labels, LabelColumns = ["k", "l", "m"] },
            new DataFacts(new InputShape(4, 3) { IsMultiLabel = true }, ["k", "l", "m"], [1], [0], null) { Columns = columns })
            with
        { Weights = [.. c.W!.SelectMany(w => w).Concat(c.B!).Select(w => (float)w)] };
        var found = Run(model, _folder.Write("d.csv", "a,b,c,d,k,l,m\n" + Rows(c.X!, c.Y!.Select(y => string.Join(',', y)))), c);
        Same(c.Figures["accuracy"], columns.Select(n => found[n].Accuracy));
        Same(c.Figures["neg_loss"], columns.Select(n => found[n].Loss));
        Assert.Equal((new RepeatedFigure(0, 0), new RepeatedFigure(0, 0)), (found["c"].Loss, found["c"].Accuracy)); // its weights are 0: not a bit changes
    }

    // More rows than one batch; the other side permutes the file itself, and evaluates it as any other.
    [Fact]
    public void It_is_the_difference_to_an_evaluation_of_the_permuted_file()
    {
        var random = new Random(8);
        double[][] x = [.. Enumerable.Range(0, 700).Select(_ => new[] { Math.Round(random.NextDouble() * 8, 2), Math.Round(random.NextDouble() * 9, 2) })];
        string[] labels = [.. x.Select(_ => $"{random.Next(3)}")];
        var model = SampleModels.Mlp();
        ShardEvaluation Evaluate(Func<int, double[]> row) => ShardEvaluation.Run(
            model, _folder.Write("permuted.csv", "one,two,label\n" + Rows(Enumerable.Range(0, x.Length).Select(row), labels)), null, 0, 1);

        var question = new ImportanceQuestion(2, 11);
        var path = _folder.Write("d.csv", "one,two,label\n" + Rows(x, labels));
        var found = new PermutationImportance(model).Run(path, null, question);
        var plain = Evaluate(i => x[i]);
        foreach (var column in found.Columns)
        {
            double[] losses = new double[2], falls = new double[2];
            for (var repeat = 0; repeat < 2; repeat++)
            {
                var from = SeededRandom.For(11, RandomPurpose.Importance, repeat, 0).Permutation(x.Length);
                var permuted = Evaluate(i => column.Column == "one" ? [x[from[i]][0], x[i][1]] : [x[i][0], x[from[i]][1]]);
                (losses[repeat], falls[repeat]) = ((permuted.LossSum - plain.LossSum) / x.Length, (plain.Correct - permuted.Correct) / x.Length);
            }

            Assert.Equal(losses.Average(), column.Loss!.Mean, Exact);
            Assert.Equal(Math.Abs(losses[0] - losses[1]) / 2, column.Loss.Deviation, Exact);
            Assert.Equal(falls.Average(), column.Accuracy!.Mean, Exact);
            Assert.NotEqual(0, column.Loss.Mean);
        }

        Assert.Equal(found, new PermutationImportance(model with { Data = model.Data with { Shards = 5 } }).Run(path, null, question)); // every digit
        Assert.NotEqual(found.Columns, new PermutationImportance(model).Run(path, null, question with { Seed = 12 }).Columns);
    }

    [Fact]
    public void Models_of_text_have_no_columns() => Assert.Equal(
        "sample: this is a transformer model; evaluate --importance is for logistic, softmax, linear, mlp, cnn, kinds of one's own.",
        Assert.Throws<JobException>(() => new PermutationImportance(SampleModels.Transformer())).Message);
}
