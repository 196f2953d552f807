using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>What is done to a feature's value before a model sees it.</summary>
internal static class Standardiser
{
    /// <summary>(x - mean) / deviation, or 0 where the deviation is 0; x where nothing is standardised.</summary>
    public static double Apply(double x, int feature, Scaling? scaling) =>
        scaling is null ? x
        : scaling.Deviation[feature] == 0 ? 0
        : (x - scaling.Mean[feature]) / scaling.Deviation[feature];
}
