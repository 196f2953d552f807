using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Evaluation;
using Granary.Model.Networks;
using Granary.Model.Tests.Data;
using Granary.Model.Tests.Files;

namespace Granary.Model.Tests.Networks;

/// <summary>A row that weighs 0 may hold anything, such as the value that fills masked rows: it is none.</summary>
public sealed unsafe class WeightlessRowTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private Job Job(string fill, ModelSection model, bool described = false, string? target = null) => new(
        1,
        "j",
        model,
        new DataSection
        {
            Format = "csv",
            Path = _folder.Write("d.csv", $"a,y,w\n{fill},{target ?? fill},0\n1,2,1\n2,3,2\n{fill},-{target ?? fill},0\n-1,0.5,0.5\n"),
            Label = "y",
            Target = LabelTarget.Number,
            Weight = "w",
            Shards = 1,
            Columns = described ? new ColumnsSection(false, new Dictionary<string, ColumnSection> { ["a"] = new() { Kind = "numeric", Scale = ColumnScale.None } }) : null,
        },
        new TrainingSection { Epochs = 1, Batch = 5 });

    private static ModelSection Linear(Precision precision) => new() { Kind = "linear", Loss = Loss.SquaredError, Precision = precision };

    private static (EvaluationResult Evaluated, GradientResult Result, double[] Gradient) Pass(Job job, params double[] weights)
    {
        var (facts, _) = DataCheck.Run(job, 1);
        using var examples = ShardData.Read(job, 0).Prepare(facts);
        var shape = ModelShape.Of(job.Model, facts.Shape);
        using var pass = new GradientPass(NetworkCatalogue.Create(job.Model, facts.Shape), shape, job.Model.Precision, "cpu");
        using var w = new FlatTensor(shape, job.Model.Precision);
        using var gradient = new FlatTensor(shape, job.Model.Precision);
        var (count, isDouble) = ((int)ModelShape.Weights(shape), job.Model.Precision == Precision.Float64);
        for (var i = 0; i < count; i++)
        {
            var value = weights[i % weights.Length];
            if (isDouble)
            {
                ((double*)w.Data)[i] = value;
            }
            else
            {
                ((float*)w.Data)[i] = (float)value;
            }
        }

        var result = pass.Gradient(w, () => examples.Training(0, 0, 5), gradient);
        return (
            pass.Evaluate(w, () => examples.Training(0, 0, 5)),
            result,
            [.. Enumerable.Range(0, count).Select(i => isDouble ? ((double*)gradient.Data)[i] : ((float*)gradient.Data)[i])]);
    }

    // By hand, with z = x / 2 + 1/4: the errors z - y are -1.25, -1.75 and -0.75, their squares times the weights 1, 2 and 1/2 add up to 7.96875; the gradient is twice
    // the sum of weight * error * x, and of weight * error.
    [Theory]
    [InlineData(Precision.Float32, "1e20", "1e20", false)]
    [InlineData(Precision.Float32, "1e20", "1e20", true)]
    [InlineData(Precision.Float32, "1e300", "1e20", false)] // no float32
    [InlineData(Precision.Float64, "1e200", "1e200", false)]
    public void Loss_and_gradient_are_those_of_the_other_rows(Precision precision, string fill, string target, bool described)
    {
        var (evaluated, result, gradient) = Pass(Job(fill, Linear(precision), described, target), 0.5, 0.25);
        Assert.Equal((7.96875, 3.5), (result.LossSum, result.Weight));
        Assert.Equal([-15.75, -10.25], gradient);
        Assert.Equal((7.96875, 3.5), (evaluated.LossSum, evaluated.Weight));
        var mean = (2 + 6 + 0.25) / 3.5;
        var deviations = ((2 - mean) * (2 - mean)) + (2 * (3 - mean) * (3 - mean)) + (0.5 * (0.5 - mean) * (0.5 - mean));
        Assert.Equal(1 - (7.96875 / deviations), evaluated.Numbers!.Figures().R2!.Value, 1e-14);
    }

    // Hidden layers too: the numbers are to the bit those of rows that weigh nothing and are like the others.
    [Theory]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Tanh)]
    [InlineData(Activation.Gelu)]
    public void Nothing_of_them_goes_through_hidden_layers(Activation activation)
    {
        var model = new ModelSection { Kind = "mlp", Hidden = [4, 3], Activation = activation, Loss = Loss.SquaredError };
        var (large, usual) = (Pass(Job("1e20", model), 0.5, -0.25, 0.75, 1), Pass(Job("0.5", model), 0.5, -0.25, 0.75, 1));
        Assert.Equal(usual.Result.LossSum, large.Result.LossSum);
        Assert.Equal(usual.Gradient, large.Gradient);
        Assert.All(large.Gradient, g => Assert.True(double.IsFinite(g)));
        Assert.Contains(large.Gradient, g => g != 0);
    }

    [Fact]
    public void They_are_not_evaluated_either()
    {
        var job = Job("1e200", Linear(Precision.Float64));
        var model = SampleModels.Create(job.Model, job.Data, DataCheck.Run(job, 1).Facts);
        var (found, usual) = (ShardEvaluation.Run(model, job.Data.Path, null, 0, 1), ShardEvaluation.Run(model, Job("0.5", job.Model).Data.Path, null, 0, 1));
        Assert.True(double.IsFinite(found.LossSum) && found.LossSum > 0);
        Assert.Equal((usual.LossSum, usual.Weight, usual.Numbers), (found.LossSum, found.Weight, found.Numbers));
        Assert.Equal([2, 3, 0.5], found.Sample!.Truths);
    }
}
