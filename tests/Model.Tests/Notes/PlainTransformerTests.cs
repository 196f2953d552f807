using Granary.Jobs;
using Granary.Model.Networks;
using Granary.Model.Tests.Networks;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Notes;

/// <summary>The notes' transformer, written out in loops over plain arrays, against the network's logits and loss: embedding, keys and
/// queries of d_key numbers, scores over sqrt(d_key), minus infinity where a token would look ahead, softmax, value-down and value-up,
/// the heads' sum added to the stream, up, ReLU, down, added again, unembedding.</summary>
/// <remarks>T tokens, C width, H heads, D = d_key, K vocabulary.</remarks>
public class PlainTransformerTests
{
    private static readonly InputShape Input = new(0, 7);

    private static readonly ModelSection Model = new()
    {
        Kind = "transformer",
        Layers = 2,
        Width = 6,
        Heads = 2,
        KeyWidth = 5,
        Context = 5,
        LayerNorm = false,
        Biases = false,
        Activation = Activation.Relu,
        Precision = Precision.Float64,
    };

    private static readonly long[] Tokens = [1, 6, 0, 3, 3];
    private static readonly long[] Next = [6, 0, 3, 3, 2];

    [Fact]
    public void Logits_are_those_of_the_formulas_written_out()
    {
        var shape = ModelShape.Of(Model, Input);
        using var weights = RandomWeights.Of(shape, 4);
        using var scope = NewDisposeScope();
        var outputs = NetworkCatalogue.Create(Model, Input).Outputs(weights.Views, tensor(Tokens, [1, 5])); // [1, T, K]
        var expected = Logits(Named(shape, weights), Tokens);
        for (var t = 0; t < Tokens.Length; t++)
        {
            for (var k = 0; k < Input.Classes; k++)
            {
                Assert.Equal(expected[t][k], outputs[0, t, k].item<double>(), 1e-12);
            }
        }
    }

    [Fact]
    public void Every_prefix_is_trained_on_at_once()
    {
        var shape = ModelShape.Of(Model, Input);
        using var weights = RandomWeights.Of(shape, 4);
        using var scope = NewDisposeScope();
        var network = NetworkCatalogue.Create(Model, Input);
        var loss = network.LossSum(network.Outputs(weights.Views, tensor(Tokens, [1, 5])), tensor(Next, [1, 5])).item<double>();
        var mean = Enumerable.Range(1, Tokens.Length).Average(length =>
        {
            // The prefix alone, as if nothing came after it, and the token that follows it.
            var z = Logits(Named(shape, weights), Tokens[..length])[^1];
            return -Math.Log(Math.Exp(z[Next[length - 1]]) / z.Sum(Math.Exp));
        });
        Assert.Equal(mean, loss, 1e-12);
    }

    private static Dictionary<string, double[]> Named(IReadOnlyList<ParameterShape> shape, FlatTensor weights) =>
        shape.Select((p, i) => (p.Name, weights.Views[i].contiguous().data<double>().ToArray())).ToDictionary();

    private static double[][] Logits(Dictionary<string, double[]> w, long[] tokens)
    {
        var (c, h, d) = (Model.Width, Model.Heads, Model.HeadWidth());
        var x = tokens.Select((token, t) => Enumerable.Range(0, c)
            .Select(i => w["token_embedding.weight"][(token * c) + i] + w["position_embedding.weight"][(t * c) + i]).ToArray()).ToArray(); // [T, C]
        for (var block = 0; block < Model.Layers; block++)
        {
            var (qkv, output) = (w[$"blocks.{block}.attention.qkv.weight"], w[$"blocks.{block}.attention.output.weight"]); // [3 H D, C] [C, H D]
            var added = x.Select(_ => new double[c]).ToArray();
            for (var head = 0; head < h; head++)
            {
                double[] Map(int third, double[] of) => [.. Enumerable.Range(0, d).Select(
                    row => Enumerable.Range(0, c).Sum(i => qkv[((((third * h) + head) * d) + row) * c + i] * of[i]))];
                var (queries, keys, down) = (x.Select(v => Map(0, v)).ToArray(), x.Select(v => Map(1, v)).ToArray(), x.Select(v => Map(2, v)).ToArray());
                for (var t = 0; t < tokens.Length; t++)
                {
                    var scores = keys.Select((key, s) => s > t ? double.NegativeInfinity : key.Zip(queries[t], (a, b) => a * b).Sum() / Math.Sqrt(d)).ToArray();
                    var sum = scores.Sum(Math.Exp);
                    for (var s = 0; s < tokens.Length; s++)
                    {
                        for (var i = 0; i < c; i++)
                        {
                            // value-up times value-down times the token, in the share that it is looked at
                            added[t][i] += Math.Exp(scores[s]) / sum * Enumerable.Range(0, d).Sum(k => output[(i * h * d) + (head * d) + k] * down[s][k]);
                        }
                    }
                }
            }

            x = [.. x.Zip(added, Add)];
            var (up, back) = (w[$"blocks.{block}.mlp.up.weight"], w[$"blocks.{block}.mlp.down.weight"]);
            x = [.. x.Select(v => Add(v, Times(back, [.. Times(up, v).Select(z => Math.Max(0, z))])))];
        }

        return [.. x.Select(v => Times(w["unembedding.weight"], v))]; // [T, K]
    }

    private static double[] Add(double[] a, double[] b) => [.. a.Zip(b, (u, v) => u + v)];

    private static double[] Times(double[] matrix, double[] vector) =>
        [.. matrix.Chunk(vector.Length).Select(row => row.Zip(vector, (m, v) => m * v).Sum())];
}
