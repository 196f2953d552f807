using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Mean and squared deviations of a target that is a number, added as those of features are.</summary>
internal static class NumberMoments
{
    /// <param name="targets">Of every row.</param>
    /// <param name="chosen">Which rows.</param>
    public static FeatureMoments Of(double[] targets, ReadOnlySpan<int> chosen) => DenseMoments.Of(chosen, new ArrayRows(targets, 1, targets.Length));
}
