using System.Globalization;
using System.Text.RegularExpressions;

namespace Granary.Bench.Calibration;

/// <summary>Which peers are none: those that compute with the reference BLAS, which is written to be read and not to be fast.</summary>
internal static partial class BlasRule
{
    /// <summary>What helps.</summary>
    public const string Remedy = "apt-get install libopenblas0-pthread";

    // The reference BLAS reaches a tenth to a thirtieth of a tuned one.
    private const double Slower = 5;

    /// <summary>Why a peer is refused; null: it is not.</summary>
    /// <param name="peer">What it computes with.</param>
    /// <param name="own">GFLOP/s of Granary or of the bare loops, whichever is more; 0: not known.</param>
    public static string? Refusal(Arithmetic peer, double own)
    {
        if (!Tuned().IsMatch(peer.Library) && !Tuned().IsMatch(peer.Version))
        {
            return string.Create(CultureInfo.InvariantCulture, $"it computes with the reference BLAS, {peer.Library} ({peer.Gflops:0.0} GFLOP/s): {Remedy}");
        }

        return peer.Gflops * Slower < own
            ? string.Create(CultureInfo.InvariantCulture, $"its BLAS, {peer.Library}, reaches {peer.Gflops:0.0} GFLOP/s, less than a fifth of Granary's {own:0.0}: {Remedy}")
            : null;
    }

    // MKL-DNN, an old name of oneDNN, is no BLAS.
    [GeneratedRegex(@"openblas|mkl(?!-?dnn)|blis|atlas", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Tuned();
}
