using System.Globalization;
using System.Reflection;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Networks;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Notes;

/// <summary>The mean gradient of a batch of B examples drawn at random is the whole data's gradient plus noise, whose variance is that
/// of one example's gradient over B.</summary>
public unsafe class BatchNoiseTests
{
    private const int Draws = 300;

    [Fact]
    public void The_variance_of_a_batch_s_gradient_falls_as_one_over_its_size()
    {
        var lines = File.ReadLines(Path.Combine(Root, "examples/data/digits.csv")).Skip(1)
            .Select(l => l.Split(',').Select(c => double.Parse(c, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        var (x, y) = (lines.SelectMany(l => l[..^1]).Select(v => v / 16).ToArray(), lines.Select(l => (long)l[^1]).ToArray());
        var model = new ModelSection { Kind = "softmax", Precision = Precision.Float64 };
        var input = new InputShape(64, 10);
        var shape = ModelShape.Of(model, input);
        using var pass = new GradientPass(NetworkCatalogue.Create(model, input), shape, Precision.Float64, "cpu");
        using var weights = new FlatTensor(shape, Precision.Float64);
        using var sum = new FlatTensor(shape, Precision.Float64);
        using var scope = NewDisposeScope();
        var (inputs, targets) = (tensor(x, [y.Length, 64]), tensor(y));
        double[] Mean(long[] rows)
        {
            var found = pass.Gradient(
                weights, () => new Batch(inputs.index_select(0, tensor(rows)), targets.index_select(0, tensor(rows)), rows.Length, rows.Length, 0), sum);
            return [.. new Span<double>(sum.Data, 650).ToArray().Select(g => g / found.Weight)];
        }

        var whole = Mean([.. Enumerable.Range(0, y.Length).Select(i => (long)i)]);
        double Distance(double[] gradient) => gradient.Zip(whole, (a, b) => (a - b) * (a - b)).Sum();
        var one = Enumerable.Range(0, y.Length).Average(i => Distance(Mean([i]))); // exact: the variance of a single example's gradient
        var random = SeededRandom.For(4, RandomPurpose.Sampling, 0, 0);
        foreach (var batch in new[] { 4, 16, 64, 256 })
        {
            var variance = Enumerable.Range(0, Draws)
                .Average(_ => Distance(Mean([.. Enumerable.Range(0, batch).Select(_ => (long)(random.NextDouble() * y.Length))])));
            Assert.Equal(1, variance * batch / one, 0.1); // ten standard errors or so: 300 draws of 650 numbers
        }
    }

    private static string Root => typeof(BatchNoiseTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Root").Value!;
}
