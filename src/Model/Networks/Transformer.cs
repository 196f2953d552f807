using System.Collections.Concurrent;
using Granary.Jobs;
using TorchSharp;
using static TorchSharp.torch;

namespace Granary.Model.Networks;

/// <summary>A GPT: token and position embeddings, blocks of causal multi-head attention and an MLP that each add to the
/// stream (with a norm before each), a last norm, and the unembedding. Every prefix is trained on at once.</summary>
/// <remarks>B batch, T tokens, C width of the stream, H heads, K vocabulary.</remarks>
internal sealed class Transformer(ModelSection model) : INetwork
{
    private const double NormEpsilon = 1e-5;
    private const int ParametersPerBlock = 12;

    // See HeldScalars.
    private static readonly Scalar MinusInfinity = double.NegativeInfinity;
    private readonly Scalar _scale = Math.Pow(model.Width / model.Heads, -0.5);

    // By the device's name: two Device objects of one device are not equal.
    private readonly ConcurrentDictionary<(long Tokens, string Device), Tensor> _masks = new();

    /// <inheritdoc/>
    public Tensor Outputs(IReadOnlyList<Tensor> parameters, Tensor inputs)
    {
        var tokens = inputs.shape[1];
        var positions = parameters[1].narrow(0, 0, tokens); // [T, C]
        var x = parameters[0].index_select(0, inputs.flatten()).view(inputs.shape[0], tokens, model.Width).Plus(positions); // [B, T, C]
        var at = 2;
        for (var block = 0; block < model.Layers; block++, at += ParametersPerBlock)
        {
            var p = new ArraySegment<Tensor>([.. parameters.Skip(at).Take(ParametersPerBlock)]);
            x = x.Plus(Attention(Norm(x, p[0], p[1]), p[2], p[3], p[4], p[5]));
            x = x.Plus(FeedForward(Norm(x, p[6], p[7]), p[8], p[9], p[10], p[11]));
        }

        return nn.functional.linear(Norm(x, parameters[at], parameters[at + 1]), parameters[at + 2]); // [B, T, K]
    }

    private Tensor Norm(Tensor x, Tensor gain, Tensor offset) =>
        nn.functional.layer_norm(x, [model.Width], gain, offset, NormEpsilon);

    private Tensor Attention(Tensor x, Tensor qkvWeight, Tensor qkvBias, Tensor outWeight, Tensor outBias)
    {
        var (b, t) = (x.shape[0], x.shape[1]);
        var qkv = nn.functional.linear(x, qkvWeight, qkvBias); // [B, T, 3C]
        var q = Heads(0); // [B, H, T, C/H]
        var k = Heads(1);
        var v = Heads(2);
        var scores = q.matmul(k.transpose(-2, -1)) * _scale; // [B, H, T, T]
        var weights = scores.masked_fill(Mask(t, x.device), MinusInfinity).softmax(-1);
        var mixed = weights.matmul(v).transpose(1, 2).reshape(b, t, model.Width); // heads stapled together: [B, T, C]
        return nn.functional.linear(mixed, outWeight, outBias);

        Tensor Heads(int third) =>
            qkv.narrow(2, third * model.Width, model.Width).reshape(b, t, model.Heads, model.Width / model.Heads).transpose(1, 2);
    }

    private Tensor FeedForward(Tensor x, Tensor upWeight, Tensor upBias, Tensor downWeight, Tensor downBias) =>
        nn.functional.linear(model.Activation.Apply(nn.functional.linear(x, upWeight, upBias)), downWeight, downBias);

    // True where a token would look ahead.
    private Tensor Mask(long tokens, Device device) => _masks.GetOrAdd((tokens, device.ToString()), _ =>
    {
        using var scope = NewDisposeScope();
        return ones([tokens, tokens], ScalarType.Bool, device).triu(1).DetachFromDisposeScope();
    });

    // An example's loss is the mean over its tokens.

    /// <inheritdoc/>
    public Tensor LossSum(Tensor outputs, Tensor targets)
    {
        using Scalar tokens = targets.shape[1];
        return nn.functional.cross_entropy(outputs.flatten(0, 1), targets.flatten(), reduction: nn.Reduction.Sum) / tokens; // [B T, K] [B T] -> scalar
    }

    /// <inheritdoc/>
    public Tensor Losses(Tensor outputs, Tensor targets) => nn.functional.cross_entropy(
        outputs.flatten(0, 1), targets.flatten(), reduction: nn.Reduction.None).view(targets.shape).mean([1]); // [B T, K] [B T] -> [B]

    /// <inheritdoc/>
    public Tensor Correct(Tensor outputs, Tensor targets) => outputs.argmax(-1).eq(targets).sum();
}
