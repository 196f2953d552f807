using Granary.Jobs;
using Granary.Model.Networks;
using Granary.Model.Tests.Networks;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Notes;

/// <summary>
/// The notes' recurrences in plain arrays, against the network's gradients, layer by layer. With z = W a + b and a' = sigma(z):
/// dC/db_i = sigma'(z_i) dC/da'_i, dC/dw_ij = a_j dC/db_i, dC/da_j = sum_i w_ij dC/db_i; and, at the end, dC/da_k = 2 (a_k - y_k).
/// </summary>
public class BackPropagationTests
{
    private const int Examples = 5;
    private static readonly int[] Widths = [4, 6, 5, 3];

    // Value and derivative.
    private static (double A, double Slope) Apply(Activation activation, double z)
    {
        var sigma = 1 / (1 + Math.Exp(-z));
        return activation switch
        {
            Activation.Sigmoid => (sigma, sigma * (1 - sigma)),
            Activation.Relu => (Math.Max(0, z), z > 0 ? 1 : 0),
            _ => (Math.Tanh(z), 1 - (Math.Tanh(z) * Math.Tanh(z))),
        };
    }

    [Theory]
    [InlineData(Activation.Sigmoid)]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Tanh)]
    public void Weights_biases_and_the_activations_before_them_follow_the_recurrences(Activation activation)
    {
        var model = new ModelSection
        {
            Kind = "mlp",
            Hidden = Widths[1..^1],
            Activation = activation,
            Loss = Loss.SquaredError,
            Precision = Precision.Float64,
        };
        var input = new InputShape(Widths[0], Widths[^1]);
        var shape = ModelShape.Of(model, input);
        using var weights = RandomWeights.Of(shape, 11);
        using var scope = NewDisposeScope();
        var random = SeededRandom.For(3, RandomPurpose.InitialWeights, 0, 0);
        var x = Enumerable.Range(0, Examples * Widths[0]).Select(_ => (2 * random.NextDouble()) - 1).ToArray();
        var y = Enumerable.Range(0, Examples).Select(i => (long)(i % Widths[^1])).ToArray();

        // Every layer starts from the activations before it as a leaf, so that torch keeps their gradients too.
        var leaves = weights.Leaves();
        var flat = weights.Views.Select(v => v.contiguous().data<double>().ToArray()).ToArray();
        var expected = Recurrences(activation, flat, x, y);
        var network = NetworkCatalogue.Create(model, input);
        network.LossSum(network.Outputs(leaves, tensor(x, [Examples, Widths[0]])), tensor(y)).backward();
        for (var p = 0; p < leaves.Length; p++)
        {
            Near(expected.Parameters[p], leaves[p].grad!);
        }

        for (var layer = 0; layer < Widths.Length - 1; layer++)
        {
            var before = tensor(expected.Activations[layer], [Examples, Widths[layer]]).requires_grad_();
            var rest = NetworkCatalogue.Create(model with { Hidden = Widths[(layer + 1)..^1] }, input with { Features = Widths[layer] });
            rest.LossSum(rest.Outputs([.. weights.Views.Skip(2 * layer)], before), tensor(y)).backward();
            Near(expected.ActivationGradients[layer], before.grad!);
        }
    }

    private static void Near(double[] expected, Tensor actual) =>
        Assert.All(expected.Zip(actual.contiguous().data<double>().ToArray()), p => Assert.Equal(p.First, p.Second, 1e-12 * Math.Max(1, Math.Abs(p.First))));

    // Sums over the examples; the average over the batch is taken where the parts of the batch meet.
    private static (double[][] Parameters, double[][] Activations, double[][] ActivationGradients) Recurrences(
        Activation activation, double[][] parameters, double[] x, long[] y)
    {
        var layers = Widths.Length - 1;
        var gradients = parameters.Select(p => new double[p.Length]).ToArray();
        double[][] activations = [.. Widths.Select(w => new double[Examples * w])];
        double[][] activationGradients = [.. Widths.Select(w => new double[Examples * w])];
        for (var e = 0; e < Examples; e++)
        {
            var a = new double[layers + 1][];
            var slopes = new double[layers + 1][];
            a[0] = x[(e * Widths[0])..((e + 1) * Widths[0])];
            for (var l = 0; l < layers; l++)
            {
                (a[l + 1], slopes[l + 1]) = (new double[Widths[l + 1]], new double[Widths[l + 1]]);
                for (var i = 0; i < Widths[l + 1]; i++)
                {
                    var z = parameters[(2 * l) + 1][i];
                    for (var j = 0; j < Widths[l]; j++)
                    {
                        z += parameters[2 * l][(i * Widths[l]) + j] * a[l][j];
                    }

                    (a[l + 1][i], slopes[l + 1][i]) = Apply(activation, z);
                }
            }

            var toward = a[layers].Select((v, k) => 2 * (v - (k == y[e] ? 1 : 0))).ToArray(); // dC/da of the last layer
            for (var l = layers - 1; l >= 0; l--)
            {
                var previous = new double[Widths[l]];
                for (var i = 0; i < Widths[l + 1]; i++)
                {
                    var bias = slopes[l + 1][i] * toward[i];
                    gradients[(2 * l) + 1][i] += bias;
                    for (var j = 0; j < Widths[l]; j++)
                    {
                        gradients[2 * l][(i * Widths[l]) + j] += a[l][j] * bias;
                        previous[j] += parameters[2 * l][(i * Widths[l]) + j] * bias;
                    }
                }

                toward = previous;
                previous.CopyTo(activationGradients[l], e * Widths[l]);
                a[l].CopyTo(activations[l], e * Widths[l]);
            }
        }

        return (gradients, activations, activationGradients);
    }
}
