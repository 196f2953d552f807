using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Standardisation of one number: the same in training and in use.</summary>
internal static class Standardisation
{
    /// <summary>(x - mean) / deviation, or 0 where the feature was constant; x itself where nothing is standardised.</summary>
    public static double Apply(this Scaling? scaling, double x, int feature) =>
        scaling is null ? x
        : scaling.Deviation[feature] == 0 ? 0
        : (x - scaling.Mean[feature]) / scaling.Deviation[feature];
}
