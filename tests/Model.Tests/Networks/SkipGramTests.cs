using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Networks;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Networks;

public unsafe class SkipGramTests
{
    private const int Words = 6;
    private const int Width = 4;
    private static readonly InputShape Input = new(0, Words);

    private static ModelSection Model(int negatives) =>
        new() { Kind = "skip-gram", Width = Width, Negatives = negatives, Precision = Precision.Float64 };

    // Three pairs; a word that is centre twice, one that is centre and context, and negatives that occur twice.
    private static Batch Pairs(int negatives) => negatives == 0
        ? new(tensor(new long[] { 1, 4, 1 }), tensor(new long[] { 2, 1, 5 }), 3, 3, 0)
        : new(tensor(new long[] { 1, 2, 0, 3, 4, 1, 3, 3, 1, 5, 2, 4 }, [3, 4]), tensor(new long[] { 0, 0, 0 }), 3, 3, 0);

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Gradients_are_the_finite_differences(int negatives) => FiniteDifference.Check(
        NetworkCatalogue.Create(Model(negatives), Input), ModelShape.Of(Model(negatives), Input), () => Pairs(negatives));

    [Fact]
    public void Softmax_gradient_is_probabilities_minus_one_hot_times_the_other_vector() => ClosedForm(0, (e, c, pairs, dE, dC) =>
    {
        for (var b = 0; b < 3; b++)
        {
            var (centre, context) = ((int)pairs.Inputs[b].item<long>(), pairs.Targets[b].item<long>());
            var exp = Enumerable.Range(0, Words).Select(v => Math.Exp(Dot(e[centre], c[v]))).ToArray();
            for (var v = 0; v < Words; v++)
            {
                Add(v, centre, (exp[v] / exp.Sum()) - (v == context ? 1 : 0), e, c, dE, dC);
            }
        }
    });

    [Fact]
    public void Negative_sampling_gradient_is_sigma_minus_truth_times_the_other_vector() => ClosedForm(2, (e, c, pairs, dE, dC) =>
    {
        for (var b = 0; b < 3; b++)
        {
            var row = pairs.Inputs[b].data<long>().ToArray();
            for (var n = 1; n < row.Length; n++)
            {
                var sigma = 1 / (1 + Math.Exp(-Dot(e[row[0]], c[row[n]])));
                Add((int)row[n], (int)row[0], sigma - (n == 1 ? 1 : 0), e, c, dE, dC);
            }
        }
    });

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    // s = e . c, so that dL/de = dL/ds c and dL/dc = dL/ds e.
    private static void Add(int word, int centre, double error, double[][] e, double[][] c, double[][] dE, double[][] dC)
    {
        for (var i = 0; i < Width; i++)
        {
            dE[centre][i] += error * c[word][i];
            dC[word][i] += error * e[centre][i];
        }
    }

    private static void ClosedForm(int negatives, Action<double[][], double[][], Batch, double[][], double[][]> formula)
    {
        var shape = ModelShape.Of(Model(negatives), Input);
        using var pass = new GradientPass(NetworkCatalogue.Create(Model(negatives), Input), shape, Precision.Float64, "cpu");
        using var weights = RandomWeights.Of(shape, 8);
        using var gradient = new FlatTensor(shape, Precision.Float64);
        pass.Gradient(weights, () => Pairs(negatives), gradient);
        double[][] Rows(Tensor matrix) => [.. matrix.data<double>().ToArray().Chunk(Width)];
        double[][] Zeros() => [.. Enumerable.Range(0, Words).Select(_ => new double[Width])];
        using var scope = NewDisposeScope();
        var (dE, dC) = (Zeros(), Zeros());
        formula(Rows(weights.Views[0]), Rows(weights.Views[1]), Pairs(negatives), dE, dC);
        var expected = dE.Concat(dC).SelectMany(r => r).ToArray();
        var g = (double*)gradient.Data;
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], g[i], 1e-12);
        }
    }

    [Fact]
    public void A_one_hot_input_picks_its_row_of_the_matrix()
    {
        var shape = ModelShape.Of(Model(0), Input);
        using var weights = RandomWeights.Of(shape, 8);
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var centres = tensor(new long[] { 3, 0, 3 });
        var oneHot = nn.functional.one_hot(centres, Words).to(ScalarType.Float64); // [B, V]
        var expected = oneHot.matmul(weights.Views[0]).matmul(weights.Views[1].t()); // [B, V] [V, d] [d, V]
        var actual = NetworkCatalogue.Create(Model(0), Input).Outputs(weights.Views, centres);
        Assert.True((expected - actual).abs().max().item<double>() < 1e-14);
    }

    [Fact]
    public void A_context_is_predicted_when_its_score_is_above_every_other()
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new double[] { 1, 0, -1, 1, 1, 0, 0, 2, 0 }, [3, 3]);
        var right = (int negatives, long[] targets) =>
            NetworkCatalogue.Create(Model(negatives), Input).Correct(scores, tensor(targets)).item<long>();
        Assert.Equal(1, right(2, [0, 0, 0])); // a tie is no prediction
        Assert.Equal(2, right(0, [0, 2, 1]));
    }

    [Fact]
    public void The_sign_of_a_dot_product_tells_the_angle()
    {
        float[] embedding = [1, 0, 2, 1, 0, 3, -1, 1, 3, -9];
        Assert.Equal(
            [(4, 3f), (1, 2f), (2, 0f), (3, -1f)],
            WordNeighbours.Of(embedding, 2, 0, 9));
        Assert.Equal([4, 1], WordNeighbours.Of(embedding, 2, 0, 2).Select(n => n.Word));
    }
}
