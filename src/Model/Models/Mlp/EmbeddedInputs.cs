using Granary.Jobs;
using static TorchSharp.torch;

namespace Granary.Model.Networks;

/// <summary>Takes vectors in the places of features that are rows' numbers: x becomes x_0 .. x_(f-1), E_r, x_(f+1) .. with r = x_f. The gradient of E_r is the sum over the
/// examples with r of that of their vector, and 0 for every other row.</summary>
/// <param name="features">D.</param>
/// <param name="embedded">The features in question, rising.</param>
/// <remarks>B batch, D features, E rows of a table, W numbers of a vector, J features with vectors in their places.</remarks>
internal sealed partial class EmbeddedInputs(int features, IReadOnlyList<EmbeddedFeature> embedded)
{
    /// <summary>Those of a model's ends; null where there are none.</summary>
    public static EmbeddedInputs? Of(InputShape input) => input.Embedded is { } embedded ? new EmbeddedInputs(input.Features, embedded) : null;

    /// <summary>Tables of vectors, the first parameters of the network.</summary>
    public int Tables => embedded.Count;

    /// <summary>Puts the vectors in.</summary>
    /// <param name="parameters">The tables first, [E, W] each.</param>
    /// <param name="inputs">[B, D].</param>
    /// <returns>[B, J].</returns>
    public Tensor Join(IReadOnlyList<Tensor> parameters, Tensor inputs)
    {
        var (parts, at) = (new List<Tensor>(), 0);
        for (var e = 0; e < embedded.Count; e++)
        {
            var feature = embedded[e].Feature;
            if (feature > at)
            {
                parts.Add(inputs.narrow(1, at, feature - at)); // [B, n]
            }

            var rows = inputs.select(1, feature).round().to(ScalarType.Int64); // [B]; whole numbers, but for checks that shake the inputs by a rounding
            parts.Add(parameters[e].index_select(0, rows)); // [E, W] [B] -> [B, W]
            at = feature + 1;
        }

        if (at < features)
        {
            parts.Add(inputs.narrow(1, at, features - at));
        }

        return cat(parts, 1);
    }
}
