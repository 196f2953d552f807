using System.Collections.Concurrent;
using Granary.Jobs;
using Granary.Model.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Granary.Model.Networks;

/// <summary>A GPT: token and position embeddings, blocks of causal multi-head attention and an MLP that each add to the
/// stream (with a norm before each), a last norm, and the unembedding. Every prefix is trained on at once. Norms, biases, an
/// unembedding of its own and dropout are options.</summary>
/// <remarks>B batch, T tokens, C width of the stream, H heads, D numbers of a head's key, K vocabulary.</remarks>
internal sealed partial class Transformer(ModelSection model) : INetwork
{
    private const double NormEpsilon = 1e-5;

    // See HeldScalars.
    private static readonly Scalar MinusInfinity = double.NegativeInfinity;
    private readonly Scalar _scale = Math.Pow(model.HeadWidth(), -0.5);

    private readonly int _keyWidth = model.HeadWidth();

    // By the device's name: two Device objects of one device are not equal.
    private readonly ConcurrentDictionary<(long Tokens, string Device), Tensor> _masks = new();

    /// <inheritdoc/>
    public Tensor Outputs(IReadOnlyList<Tensor> parameters, Tensor inputs, PassPlace? place = null, BackwardCuts? cuts = null)
    {
        var dropout = new DropoutMasks(model.Dropout, place);
        var p = new ParameterReader(parameters);
        var (b, t) = (inputs.size(0), inputs.size(1)); // no arrays, as shape would make
        var (embedding, positions) = (p.Next(), p.Next().narrow(0, 0, t)); // [K, C] [T, C]
        var tokens = embedding.index_select(0, inputs.flatten()).view(b, t, model.Width); // [B, T, C]
        var x = dropout.Apply(tokens.Plus(positions)); // [B, T, C]
        for (var block = 0; block < model.Layers; block++)
        {
            x = cuts is null ? x : cuts.Here(x, p.At);
            x = x.Plus(dropout.Apply(Attention(Norm(x, p), p, dropout)));
            x = x.Plus(dropout.Apply(FeedForward(Norm(x, p), p)));
        }

        x = Norm(cuts is null ? x : cuts.Here(x, p.At), p);
        return nn.functional.linear(x, model.TiedUnembedding ? embedding : p.Next()); // [B, T, K]
    }

    private Tensor Norm(Tensor x, ParameterReader p) =>
        model.LayerNorm ? nn.functional.layer_norm(x, [model.Width], p.Next(), p.NextIf(model.Biases), NormEpsilon) : x;

    private Tensor Linear(Tensor x, ParameterReader p) => nn.functional.linear(x, p.Next(), p.NextIf(model.Biases));

    private Tensor Attention(Tensor x, ParameterReader p, DropoutMasks dropout)
    {
        var (b, t) = (x.size(0), x.size(1));
        var heads = Linear(x, p).view(b, t, 3, model.Heads, _keyWidth).unbind(2); // queries, keys, value-down: each [B, T, H, D]
        var (queries, keys, values) = (heads[0].transpose(1, 2), heads[1].transpose(1, 2), heads[2].transpose(1, 2)); // [B, H, T, D]
        var mixed = dropout.Applies
            ? dropout.Apply(Weights(queries, keys)).matmul(values)
            : nn.functional.scaled_dot_product_attention(queries, keys, values, is_casual: true); // in blocks: no [B, H, T, T] is kept

        // One product with the stapled matrix [C, H D] is the sum over heads of value-up [C, D] times what the head mixed.
        return Linear(mixed.transpose(1, 2).reshape(b, t, model.Heads * _keyWidth), p); // [B, T, C]
    }

    // How much each token [T] looks at each token before it [T], for masks of our own to be laid on: torch's fused attention draws its own.
    private Tensor Weights(Tensor queries, Tensor keys) => // [B, H, T, T]
        (queries.matmul(keys.transpose(-2, -1)) * _scale).masked_fill(Mask(queries.size(2), queries.device), MinusInfinity).softmax(-1);

    private Tensor FeedForward(Tensor x, ParameterReader p) => Linear(model.Activation.Apply(Linear(x, p)), p); // [B, T, 4C] between

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
        using Scalar tokens = targets.size(1);
        return nn.functional.cross_entropy(outputs.flatten(0, 1), targets.flatten(), reduction: nn.Reduction.Sum) / tokens; // [B T, K] [B T] -> scalar
    }

    /// <inheritdoc/>
    public Tensor Losses(Tensor outputs, Tensor targets) => nn.functional.cross_entropy(
        outputs.flatten(0, 1), targets.flatten(), reduction: nn.Reduction.None).view(targets.shape).mean([1]); // [B T, K] [B T] -> [B]

    /// <inheritdoc/>
    public Tensor Correct(Tensor outputs, Tensor targets) => outputs.argmax(-1).eq(targets).sum();
}
