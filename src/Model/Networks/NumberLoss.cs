using Granary.Jobs;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Granary.Model.Networks;

/// <summary>What an error in a number costs, and which number an output stands for.</summary>
/// <param name="Each">[B] outputs z, [B] targets y -> [B] losses.</param>
/// <param name="Predicted">[B] outputs z -> [B] predictions, in the units of the targets.</param>
internal sealed record NumberLoss(Func<Tensor, Tensor, Tensor> Each, Func<Tensor, Tensor> Predicted)
{
    /// <summary>Whether an output is the logarithm of the prediction; otherwise it is the prediction.</summary>
    public bool IsOfLogarithms { get; init; }

    /// <summary>The loss that a model names.</summary>
    /// <exception cref="JobException">It is for classes.</exception>
    public static NumberLoss Of(ModelSection model) => model.Loss switch
    {
        Loss.SquaredError => new((z, y) => mse_loss(z, y, nn.Reduction.None), z => z), // (z - y)^2
        Loss.AbsoluteError => new((z, y) => l1_loss(z, y, nn.Reduction.None), z => z), // |z - y|
        Loss.Huber => new((z, y) => huber_loss(z, y, model.Delta, nn.Reduction.None), z => z), // (z - y)^2 / 2, or delta (|z - y| - delta / 2) beyond delta
        Loss.Quantile => Pinball(model.Quantile),
        Loss.Poisson => new((z, y) => z.exp() - (y * z), z => z.exp()) { IsOfLogarithms = true }, // e^z - y z; says e^z
        _ => throw new JobException($"model.loss is {Kebab.Name(model.Loss)}, which tells classes apart, but data.target is number: choose another loss."),
    };

    // q (y - z) where z is too low, (1 - q) (z - y) where it is too high (Koenker and Bassett, 1978). See HeldScalars.
    private static NumberLoss Pinball(double quantile)
    {
        Scalar low = quantile, high = quantile - 1;
        return new((z, y) => Larger(y - z, low, high), z => z);
    }

    private static Tensor Larger(Tensor error, Scalar low, Scalar high) => maximum(error.mul(low), error.mul(high));
}
