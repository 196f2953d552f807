using Granary.Jobs;
using Granary.Model.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Granary.Model.Networks;

/// <summary>Dropout (Srivastava and others, 2014) of one pass: x becomes x m / (1 - rate), where m is 0 with probability
/// rate and 1 otherwise. torch's own would draw from a generator that all threads share, so that a mask would depend on
/// timing; these come from the pass's place alone.</summary>
/// <param name="rate">Part of the numbers that become 0, in [0, 1).</param>
/// <param name="place">The training pass; null outside training, where x stays x.</param>
internal sealed class DropoutMasks(double rate, PassPlace? place)
{
    private SeededRandom _random = place?.Stream(RandomPurpose.Dropout) ?? default;

    /// <summary>Whether anything is left out in this pass.</summary>
    public bool Applies => IsOn(rate);

    /// <summary>x with the next mask on it, of the same shape.</summary>
    public Tensor Apply(Tensor x) => Apply(x, rate);

    /// <summary>The same at another rate.</summary>
    public Tensor Apply(Tensor x, double rate)
    {
        if (!IsOn(rate))
        {
            return x;
        }

        var kept = empty(x.shape, ScalarType.Bool); // on the host: the stream is the same for every device
        Draw(kept.bytes, (uint)(rate * (1L << 32)));
        using Scalar scale = 1 / (1 - rate); // see HeldScalars; not a field, which nothing would hold once this has been called for the last time
        return x * kept.to(x.device).to(x.dtype).mul_(scale);
    }

    private bool IsOn(double part) => place is not null && part != 0;

    // The threshold is in units of 2^-32: two numbers are drawn from each 64 random bits.
    private void Draw(Span<byte> kept, uint threshold)
    {
        for (var i = 0; i < kept.Length; i += 2)
        {
            var bits = _random.NextUInt64();
            kept[i] = (uint)bits >= threshold ? (byte)1 : (byte)0;
            if (i + 1 < kept.Length)
            {
                kept[i + 1] = (uint)(bits >> 32) >= threshold ? (byte)1 : (byte)0;
            }
        }
    }
}
