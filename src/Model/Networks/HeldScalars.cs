using TorchSharp;
using static TorchSharp.torch;

namespace Granary.Model.Networks;

/// <summary>Sums whose scalar outlives the call. TorchSharp's own a + b makes a scalar 1 of which torch is given
/// the bare address: a garbage collection in the middle of the call frees it, and torch reads whatever is there then. The same
/// goes for every number that turns into a Scalar on its way into a call: hold it in a field or a variable that is disposed.</summary>
internal static class HeldScalars
{
    /// <summary>1.</summary>
    public static readonly Scalar One = 1;

    /// <summary>a + b.</summary>
    public static Tensor Plus(this Tensor a, Tensor b) => a.add(b, One);
}
