using Granary.Jobs;
using Granary.Model.Generation;
using Granary.Model.Networks;
using Granary.Model.Prediction;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Notes;

/// <summary>The notes' softmax: its base, its Jacobian, its example, and its negative log-likelihood.</summary>
public class SoftmaxNotesTests
{
    private static readonly double[] Z = [0.5, -1.25, 2, 0];

    private static double[] InBase(double b, double[] z) => [.. z.Select(v => Math.Pow(b, v) / z.Sum(u => Math.Pow(b, u)))];

    [Fact]
    public void Of_1_2_8_it_is_about_0_001_0_002_0_997() =>
        Assert.Equal([0.001, 0.002, 0.997], Softmax.Of([1, 2, 8]).Select(p => Math.Round(p, 3)));

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(3)]
    public void In_the_base_e_to_the_beta_it_is_the_softmax_of_beta_z(double beta)
    {
        var expected = InBase(Math.Exp(beta), Z);
        var actual = Softmax.Of([.. Z.Select(v => beta * v)]);
        Assert.All(expected.Zip(actual), p => Assert.Equal(p.First, p.Second, 1e-14));
    }

    // Each token is drawn for the part of [0, 1) that is its probability: a fine grid measures these parts.
    [Theory]
    [InlineData(0.25)]
    [InlineData(1)]
    [InlineData(4)]
    public void Sampling_at_a_temperature_is_drawing_in_the_base_e_to_one_over_it(double temperature)
    {
        const int Grid = 20_000;
        var sampler = new Sampler(temperature, 0);
        var drawn = Enumerable.Range(0, Grid).Select(i => sampler.Next(Z, (i + 0.5) / Grid)).CountBy(t => t).ToDictionary();
        var expected = InBase(Math.Exp(1 / temperature), Z);
        for (var t = 0; t < Z.Length; t++)
        {
            Assert.Equal(expected[t], drawn.GetValueOrDefault(t) / (double)Grid, 1.5 / Grid);
        }
    }

    [Fact]
    public void Its_jacobian_is_y_i_times_delta_ij_minus_y_j()
    {
        const double H = 1e-6;
        using var scope = NewDisposeScope();
        var y = Softmax.Of(Z);
        for (var i = 0; i < Z.Length; i++)
        {
            // As attention's rows and the loss are made: torch's, by its own backward pass.
            var z = tensor(Z, requires_grad: true);
            z.softmax(0)[i].backward();
            for (var j = 0; j < Z.Length; j++)
            {
                double At(double step) => Softmax.Of([.. Z.Select((v, k) => k == j ? v + step : v)])[i];
                var formula = y[i] * ((i == j ? 1 : 0) - y[j]);
                Assert.Equal(formula, (At(H) - At(-H)) / (2 * H), 1e-9);
                Assert.Equal(formula, z.grad![j].item<double>(), 1e-15);
            }
        }
    }

    [Fact]
    public void The_loss_is_the_negative_log_likelihood_and_its_gradient_y_minus_one_hot()
    {
        using var scope = NewDisposeScope();
        var network = NetworkCatalogue.Create(new ModelSection { Kind = "softmax", Precision = Precision.Float64 }, new InputShape(1, 4));
        var outputs = tensor((double[])[.. Z, .. Z], [2, 4], requires_grad: true);
        var loss = network.LossSum(outputs, tensor(new long[] { 2, 1 }));
        var y = InBase(Math.E, Z);
        Assert.Equal(-Math.Log(y[2] * y[1]), loss.item<double>(), 1e-13); // the likelihood of both examples
        loss.backward();
        foreach (var (row, label) in new[] { (0, 2), (1, 1) })
        {
            for (var k = 0; k < 4; k++)
            {
                Assert.Equal(y[k] - (k == label ? 1 : 0), outputs.grad![row, k].item<double>(), 1e-14);
            }
        }
    }
}
