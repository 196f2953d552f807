using Granary.Model.Data.Linear;
using TorchSharp;

namespace Granary.Model.Data;

/// <summary>Examples gathered for one pass.</summary>
/// <param name="Inputs">[B, features] numbers, zeros for a row that weighs nothing by itself, or [B, T] token ids (int64), or the words of pairs: see
/// <see cref="PairTensors"/>.</param>
/// <param name="Targets">[B] class ids (int64), [B] numbers, [B, K] 1 for each label that a row has, or [B, T] the next tokens (int64).</param>
/// <param name="Count">B.</param>
/// <param name="Weight">Sum of the examples' weights: B while every example weighs 1.</param>
/// <param name="Digest">Of the rows gathered, see <see cref="RowDigest"/>.</param>
/// <param name="Place">Where the pass stands, for what the network draws; null outside training, where it draws nothing.</param>
public readonly record struct Batch(
    torch.Tensor Inputs, torch.Tensor Targets, int Count, double Weight, ulong Digest, PassPlace? Place = null)
{
    /// <summary>[B] what each example weighs, in the inputs' precision; null while every one weighs 1.</summary>
    public torch.Tensor? Weights { get; init; }

    /// <summary>[B] what each example's row weighs by itself, whatever its class does: figures go by it; null while every one weighs 1.</summary>
    public double[]? RowWeights { get; init; }

    /// <summary>Rows of a table in the place of <see cref="Inputs"/>, which then are [B, 0]: only a linear network takes them. Null (usual): the inputs are there.</summary>
    internal LinearRows? Rows { get; init; }

    /// <summary>The same batch with its inputs.</summary>
    public Batch WrittenOut() => Rows is null ? this : this with { Inputs = Rows.WrittenOut(Inputs.dtype), Rows = null };
}
