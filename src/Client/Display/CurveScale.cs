namespace Granary.Client.Display;

/// <summary>The scale of a curve of losses that keeps its present part readable: the first values, from before anything was learnt,
/// and rare spikes go beyond it, and a loss that falls through powers of ten is drawn over them. Plain rules.</summary>
/// <param name="Low">The value at the bottom.</param>
/// <param name="High">The value at the top; those above it are drawn there.</param>
/// <param name="Logarithmic">Whether equal ratios are equally high.</param>
internal sealed record CurveScale(double Low, double High, bool Logarithmic)
{
    private const double FirstPart = 0.1;
    private const double SpikePart = 0.01;
    private const double WideRatio = 10;

    /// <summary>The scale that suits values, first to last; those that are not finite do not count.</summary>
    public static CurveScale Of(IReadOnlyList<double> values)
    {
        double[] all = [.. values.Where(double.IsFinite)];
        if (all.Length == 0)
        {
            return new CurveScale(0, 1, false);
        }

        double[] later = [.. all.Skip((int)Math.Ceiling(all.Length * FirstPart)).Order()];
        if (later.Length == 0)
        {
            later = all;
        }

        var (low, high) = (all.Min(), later[^(1 + (int)(later.Length * SpikePart))]);
        high = Math.Max(low, high);
        return new CurveScale(low, high, low > 0 && high / low > WideRatio);
    }

    /// <summary>How high a value is: 0 at the bottom, 1 at the top.</summary>
    public double Height(double value) => High <= Low ? 0
        : Math.Clamp(Logarithmic ? Math.Log(Math.Max(value, Low) / Low) / Math.Log(High / Low) : (value - Low) / (High - Low), 0, 1);
}
