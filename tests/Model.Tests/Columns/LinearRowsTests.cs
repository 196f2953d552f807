using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Data.Linear;
using Granary.Model.Networks;
using Granary.Model.Tests.Data;
using Granary.Model.Tests.Networks;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Columns;

/// <summary>Rows whose features are not written out, against the same rows with all of their features.</summary>
public sealed class LinearRowsTests : IDisposable
{
    private const int Rows = 3000; // several blocks

    private static readonly Dictionary<string, ColumnSection> Columns = new()
    {
        ["a"] = new() { Kind = "numeric", Scale = ColumnScale.Standard, Missing = MissingRule.Mean },
        ["e"] = new() { Kind = "numeric", Scale = ColumnScale.Robust, Missing = MissingRule.Slot, Clip = [-1, 40] },
        ["k"] = new() { Kind = "numeric" }, // the same in every row but one
        ["c"] = new() { Kind = "categorical", Missing = MissingRule.Slot, MinCount = 20 },
        ["h"] = new() { Kind = "categorical", Buckets = 7, Missing = MissingRule.Constant, Fill = "none" },
        ["b"] = new() { Kind = "boolean", Missing = MissingRule.Slot },
        ["d"] = new() { Kind = "date", Missing = MissingRule.Slot, Parts = [DatePart.Weekday, DatePart.Elapsed, DatePart.Year, DatePart.Month, DatePart.Hour] },
    };

    private static readonly PassPlace Place = new(0, -1, 0, 0);

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Table(int seed = 1)
    {
        var random = new Random(seed);
        string Or(double missing, string cell) => random.NextDouble() < missing ? "" : cell;
        return "a,e,k,c,h,b,d,y\n" + string.Concat(Enumerable.Range(0, Rows).Select(i => string.Join(',',
            Or(0.1, FormattableString.Invariant($"{random.NextDouble() * 20:0.####}")),
            Or(0.1, FormattableString.Invariant($"{random.NextDouble() * 60:R}")),
            i == 7 ? "2" : "1",
            Or(0.1, $"c{(int)Math.Pow(random.Next(40), 1.3)}"),
            Or(0.1, $"id{random.Next(500)}"),
            Or(0.1, random.Next(2) == 0 ? "yes" : "no"),
            Or(0.1, new DateTime(2021, 1, 1).AddHours(random.Next(20_000)).ToString("yyyy-MM-dd'T'HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture)),
            $"l{random.Next(3)}") + "\n"));
    }

    private Job Job(Dictionary<string, ColumnSection>? columns = null)
    {
        var job = MixedTable.Job(_folder.Write("t.csv", Table()), 2, new ColumnsSection(false, columns ?? Columns));
        return job with { Model = job.Model with { Kind = "softmax" } };
    }

    private static DescribedSource Source(Job job, int shard) => CsvSource.ReadDescribed(new SourcePart(job.Data.Path, null, shard, job.Data.Shards), job.Data);

    private static LinearTable Linear(DescribedSource source, DataFacts facts) => LinearTable.Of(source.Cells, source.Texts, facts.Table!)!;

    [Fact]
    public void With_the_weights_of_one_feature_the_output_is_the_feature()
    {
        var job = Job();
        var facts = DataCheck.Run(job, 2).Facts;
        var source = Source(job, 1);
        var (table, d) = (Linear(source, facts), facts.Shape.Features);
        Assert.Equal(d, table.Features);
        Assert.True(d > 60);
        var one = new double[d * d];
        for (var f = 0; f < d; f++)
        {
            one[(f * d) + f] = 1;
        }

        int[] some = [7, 1400, 3, 3, 900];
        foreach (var rows in new[] { null, some })
        {
            var count = rows?.Length ?? source.Rows;
            var found = new double[count * d];
            new LinearSums(table, rows, count, d).Outputs<double>(one, new double[d], found);
            var expected = source.Described.Preview(facts.Table!, int.MaxValue);
            for (var i = 0; i < count; i++)
            {
                Assert.All(expected[rows?[i] ?? i].Zip(found[(i * d)..((i + 1) * d)]), pair => Assert.Equal(pair.First, pair.Second, 1e-11 * Math.Max(1, Math.Abs(pair.First))));
            }
        }
    }

    [Theory]
    [InlineData("softmax", Precision.Float64, 1e-11)]
    [InlineData("softmax", Precision.Float32, 2e-4)]
    [InlineData("linear", Precision.Float64, 1e-11)]
    public void Loss_and_gradient_are_those_of_features_written_out(string kind, Precision precision, double tolerance)
    {
        var job = Job();
        job = job with
        {
            Model = job.Model with { Kind = kind, Precision = precision, Loss = kind == "linear" ? Loss.SquaredError : Loss.CrossEntropy },
            Data = kind == "linear" ? job.Data with { Label = "k", Target = LabelTarget.Number, Columns = new ColumnsSection(false, Columns.Where(c => c.Key != "k").ToDictionary()), Ignore = ["y"] } : job.Data,
        };
        var facts = DataCheck.Run(job, 2).Facts;
        var shape = ModelShape.Of(job.Model, facts.Shape);
        using var linear = Source(job, 0).Described.ToLinear(precision, facts, null)!;
        using var dense = Source(job, 0).ToTensors(precision, facts);
        using var pass = new GradientPass(NetworkCatalogue.Create(job.Model, facts.Shape), shape, precision, "cpu");
        using var weights = Weights(shape, precision);
        using var scope = NewDisposeScope();
        int[] rows = [.. Enumerable.Range(5, 900).Select(i => i * 7 % 1400)];
        var (found, expected) = (Gradient(linear), Gradient(dense));
        Assert.Equal(expected.Result.Examples, found.Result.Examples);
        Assert.Equal(expected.Result.LossSum, found.Result.LossSum, tolerance * Math.Abs(expected.Result.LossSum));
        var size = expected.Numbers.Max(Math.Abs);
        Assert.All(expected.Numbers.Zip(found.Numbers), pair => Assert.Equal(pair.First, pair.Second, tolerance * size));
        Assert.Equal(Evaluate(dense).LossSum, Evaluate(linear).LossSum, tolerance * Math.Abs(expected.Result.LossSum));
        var written = linear.Gather(rows, 0, Place).WrittenOut();
        Assert.Null(written.Rows);
        Assert.True(written.Inputs.eq(dense.Gather(rows, 0, Place).Inputs).all().item<bool>()); // the same features to the bit

        EvaluationResult Evaluate(IExampleTensors examples) => pass.Evaluate(weights, () => examples.Gather(rows, 0, Place));

        (GradientResult Result, double[] Numbers) Gradient(IExampleTensors examples)
        {
            using var gradient = new FlatTensor(shape, precision);
            var result = pass.Gradient(weights, () => examples.Gather(rows, 0, Place), gradient);
            return (result, gradient.Tensor.to(ScalarType.Float64).data<double>().ToArray());
        }
    }

    private static FlatTensor Weights(IReadOnlyList<ParameterShape> shape, Precision precision)
    {
        using var exact = RandomWeights.Of(shape, 3);
        using var mode = no_grad();
        var weights = new FlatTensor(shape, precision);
        weights.Tensor.copy_(exact.Tensor);
        return weights;
    }

    [Fact]
    public void The_gradient_is_the_finite_difference()
    {
        var job = Job(new Dictionary<string, ColumnSection>(Columns.Where(c => c.Key is "a" or "b" or "d" or "k")) { ["c"] = new() { Kind = "categorical", Buckets = 3, Missing = MissingRule.Slot }, ["h"] = new() { Kind = "categorical", Buckets = 2, Missing = MissingRule.Slot }, ["e"] = new() { Kind = "numeric", Missing = MissingRule.Mean } });
        var facts = DataCheck.Run(job, 2).Facts;
        using var examples = Source(job, 1).Described.ToLinear(Precision.Float64, facts, null)!;
        FiniteDifference.Check(NetworkCatalogue.Create(job.Model, facts.Shape), ModelShape.Of(job.Model, facts.Shape), () => examples.Gather([3, 1, 4, 15, 9, 2, 6, 53], 0, Place));
    }

    [Fact]
    public void A_pass_reads_the_rows_in_the_order_of_the_source_however_they_were_shuffled()
    {
        var job = Job();
        var facts = DataCheck.Run(job, 2).Facts;
        var (shape, source) = (ModelShape.Of(job.Model, facts.Shape), Source(job, 0));
        using var pass = new GradientPass(NetworkCatalogue.Create(job.Model, facts.Shape), shape, Precision.Float64, "cpu");
        using var weights = new FlatTensor(shape, Precision.Float64);
        int[] all = [.. Enumerable.Range(0, source.Rows)];
        double[] Gradient(int[]? training, int[] rows)
        {
            using var examples = source.ToLinear(Precision.Float64, facts, training)!;
            using var gradient = new FlatTensor(shape, Precision.Float64);
            pass.Gradient(weights, () => examples.Gather(rows, 0, Place), gradient);
            return gradient.Tensor.data<double>().ToArray();
        }

        void Same(double[] expected, double[] found) => Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-9));

        int[] shuffled = [.. Enumerable.Reverse(all)];
        Assert.Equal(Gradient(all, all), Gradient(all, shuffled));
        Same(Gradient(null, shuffled), Gradient(all, shuffled));

        // Where rows are held out, those that are trained on are all that a pass takes.
        int[] training = [.. all.Where(r => r % 7 != 2)];
        Assert.Equal(Gradient(training, training), Gradient(training, [.. Enumerable.Reverse(training)]));
        Same(Gradient(null, training), Gradient(training, training));
        Assert.NotEqual(Gradient(all, all)[0], Gradient(training, training)[0]);
    }

    [Fact]
    public void Texts_and_weighted_rows_are_written_out_and_small_tables_too()
    {
        var job = Job(new Dictionary<string, ColumnSection>(Columns) { ["h"] = new() { Kind = "text", Buckets = 4, Missing = MissingRule.Slot } });
        var facts = DataCheck.Run(job, 2).Facts;
        Assert.Null(Source(job, 0).ToLinear(Precision.Float64, facts, null));
        Assert.False(LinearTensors.IsLarge(facts));
        Assert.True(LinearTensors.IsLarge(facts with { TrainingRows = [400_000, 400_000] }));

        var weighted = Job() with { Data = Job().Data with { Weight = "k", Columns = new ColumnsSection(false, Columns.Where(c => c.Key != "k").ToDictionary()) } };
        Assert.Null(Source(weighted, 0).ToLinear(Precision.Float64, DataCheck.Run(weighted, 2).Facts, null));
    }
}
