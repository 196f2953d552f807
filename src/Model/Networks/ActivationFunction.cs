using Granary.Jobs;
using static TorchSharp.torch;

namespace Granary.Model.Networks;

/// <summary>The non-linearities by name.</summary>
internal static class ActivationFunction
{
    /// <summary>sigma(z), element by element.</summary>
    public static Tensor Apply(this Activation activation, Tensor z) => activation switch
    {
        Activation.Sigmoid => z.sigmoid(),
        Activation.Tanh => z.tanh(),
        Activation.Relu => z.relu(),
        Activation.Gelu => z.gelu(),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, null),
    };
}
