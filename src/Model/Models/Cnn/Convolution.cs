using static TorchSharp.torch;

namespace Granary.Model.Networks;

/// <summary>Convolutions of 3 x 3 pixels as matrix products: y_o(h, w) = b_o + sum over c, i, j of w_ocij x_c(h + i - 1, w + j - 1), where x is 0 beyond the image's edge. torch's own convolutions are
/// left alone: on some machines their gradients are wrong (docs/decisions/0018), and products are right on all.</summary>
/// <remarks>B batch, C channels, H and W height and width, O filters.</remarks>
internal static class Convolution
{
    private const int Side = 3;
    private const long MostNumbers = 1 << 24; // of neighbourhoods at once

    /// <summary>[B, C, H, W] -> [B, O, H, W]. Without a gradient, for which everything must be kept anyway, large batches go through in parts.</summary>
    /// <param name="x">[B, C, H, W].</param>
    /// <param name="weight">[O, C, 3, 3].</param>
    /// <param name="bias">[O].</param>
    public static Tensor Of(Tensor x, Tensor weight, Tensor bias)
    {
        var (batch, most) = (x.shape[0], Math.Max(1, MostNumbers / (Side * Side * x.shape[1] * x.shape[2] * x.shape[3])));
        if (batch <= most || is_grad_enabled())
        {
            return Whole(x, weight, bias);
        }

        var parts = new List<Tensor>();
        for (var first = 0L; first < batch; first += most)
        {
            using var scope = NewDisposeScope(); // the neighbourhoods of one part make room for those of the next
            parts.Add(Whole(x.narrow(0, first, Math.Min(most, batch - first)), weight, bias).MoveToOuterDisposeScope());
        }

        return cat(parts, 0);
    }

    private static Tensor Whole(Tensor x, Tensor weight, Tensor bias)
    {
        var (batch, height, width, filters) = (x.shape[0], x.shape[2], x.shape[3], weight.shape[0]);
        var patches = nn.functional.unfold(x, Side, padding: 1); // [B, 9 C, H W], a pixel's neighbourhood in each column
        var kernels = weight.flatten(1).expand(batch, filters, patches.shape[1]); // [B, O, 9 C]
        return kernels.bmm(patches).Plus(bias.view(-1, 1)).view(batch, filters, height, width);
    }
}
