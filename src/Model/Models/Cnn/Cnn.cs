using Granary.Jobs;
using Granary.Model.Data;
using static TorchSharp.torch;

namespace Granary.Model.Networks;

/// <summary>a' = pool(sigma(convolution(a))), layer after layer, where pool takes the greatest of 2 x 2 numbers; then a' = sigma(W a + b), whose last layer gives logits. The loss is
/// the negative log-likelihood.</summary>
/// <param name="activation">sigma.</param>
/// <param name="convolutions">How many there are.</param>
/// <param name="image">C, H and W of an image.</param>
/// <remarks>B batch, D = C H W numbers of an image, N units of a layer, K classes.</remarks>
internal sealed partial class Cnn(Activation activation, int convolutions, ImageSize image) : INetwork
{
    private const int Pool = 2;

    /// <inheritdoc/>
    public Tensor Outputs(IReadOnlyList<Tensor> parameters, Tensor inputs, PassPlace? place = null, BackwardCuts? cuts = null)
    {
        var a = inputs.reshape(-1, image.Channels, image.Height, image.Width); // [B, D] -> [B, C, H, W]
        for (var i = 0; i < parameters.Count; i += 2)
        {
            a = i == 2 * convolutions ? a.flatten(1) : a; // [B, C H W]
            a = i > 0 && cuts is not null ? cuts.Here(a, i) : a;
            a = i < 2 * convolutions
                ? nn.functional.max_pool2d(activation.Apply(Convolution.Of(a, parameters[i], parameters[i + 1])), Pool) // [B, C', H / 2, W / 2]
                : Layer(a, parameters[i], parameters[i + 1], isLast: i + 2 == parameters.Count); // [B, N]
        }

        return a; // [B, K]
    }

    private Tensor Layer(Tensor a, Tensor weight, Tensor bias, bool isLast)
    {
        var z = nn.functional.linear(a, weight, bias);
        return isLast ? z : activation.Apply(z);
    }

    /// <inheritdoc/>
    public Tensor LossSum(Tensor outputs, Tensor targets) => nn.functional.cross_entropy(outputs, targets, reduction: nn.Reduction.Sum); // [B, K] [B] -> scalar

    /// <inheritdoc/>
    public Tensor Losses(Tensor outputs, Tensor targets) => nn.functional.cross_entropy(outputs, targets, reduction: nn.Reduction.None); // [B, K] [B] -> [B]

    /// <inheritdoc/>
    public Tensor Correct(Tensor outputs, Tensor targets) => Right(outputs, targets).sum();

    /// <inheritdoc/>
    public Tensor Right(Tensor outputs, Tensor targets) => outputs.argmax(1).eq(targets).to(ScalarType.Int64);
}
