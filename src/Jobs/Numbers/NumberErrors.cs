using System.Text.Json.Serialization;

namespace Granary.Jobs;

/// <summary>How far predicted numbers are from the truth, kept so that two such sets can be merged. All in float64; a model that has diverged has errors that
/// are not finite.</summary>
/// <param name="Weight">What the predictions weigh: how many they are, where examples are not weighted.</param>
/// <param name="SquaredErrors">Sum of (prediction - truth)^2, each as often as it weighs; likewise below.</param>
/// <param name="AbsoluteErrors">Sum of |prediction - truth|.</param>
/// <param name="Mean">Mean of the truths.</param>
/// <param name="SquaredDeviations">Sum of (truth - mean)^2.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record NumberErrors(double Weight, double SquaredErrors, double AbsoluteErrors, double Mean, double SquaredDeviations)
{
    /// <summary>Nothing predicted yet.</summary>
    public static NumberErrors None { get; } = new(0, 0, 0, 0, 0);

    /// <summary>Of some predictions.</summary>
    /// <param name="predicted">What a model says of each example.</param>
    /// <param name="truths">The true number of each; as many.</param>
    /// <param name="weights">What each weighs, 0 or more; as many, or none: each weighs 1.</param>
    public static NumberErrors Of(ReadOnlySpan<double> predicted, ReadOnlySpan<double> truths, ReadOnlySpan<double> weights = default)
    {
        double weight = 0, squared = 0, absolute = 0, sum = 0, deviations = 0;
        var first = weights.IsEmpty ? 0 : weights.IndexOfAnyExcept(0.0);
        var origin = first < 0 || truths.IsEmpty ? 0 : truths[first]; // of truths that are all the same the deviation is exactly 0
        for (var i = 0; i < truths.Length; i++)
        {
            var (w, error) = (weights.IsEmpty ? 1 : weights[i], predicted[i] - truths[i]);
            if (w == 0)
            {
                continue; // an infinite error times 0 would be NaN
            }

            weight += w;
            squared += w * (error * error);
            absolute += w * Math.Abs(error);
            sum += w * (truths[i] - origin);
        }

        var mean = weight == 0 ? 0 : origin + (sum / weight);
        for (var i = 0; i < truths.Length; i++)
        {
            var w = weights.IsEmpty ? 1 : weights[i];
            deviations += w == 0 ? 0 : w * ((truths[i] - mean) * (truths[i] - mean));
        }

        return new NumberErrors(weight, squared, absolute, mean, deviations);
    }

    /// <summary>With those of the next set (Chan, Golub and LeVeque, 1979).</summary>
    public NumberErrors With(NumberErrors next)
    {
        if (Weight == 0 || next.Weight == 0)
        {
            return Weight == 0 ? next : this;
        }

        var (weight, delta) = (Weight + next.Weight, next.Mean - Mean);
        return new NumberErrors(
            weight,
            SquaredErrors + next.SquaredErrors,
            AbsoluteErrors + next.AbsoluteErrors,
            Mean + (delta * next.Weight / weight),
            SquaredDeviations + next.SquaredDeviations + (delta * delta * (Weight * next.Weight / weight)));
    }

    /// <summary>Those of all shards, merged along the sum tree: the same on every cluster.</summary>
    /// <param name="shards">One per shard, in shard order; null where a shard has none.</param>
    /// <returns>Null where no shard has any.</returns>
    public static NumberErrors? Of(IReadOnlyList<NumberErrors?> shards) => new SumTree(shards.Count).Merge(v => shards[v], (a, b) => a.With(b));

    /// <summary>The figures in the field's usual form.</summary>
    /// <param name="scaling">What the numbers were standardised with; null: they have the target's own units.</param>
    public NumberFigures Figures(TargetScaling? scaling = null)
    {
        var unit = scaling?.Deviation ?? 1;
        var squared = SquaredErrors / Weight * unit * unit;
        return new NumberFigures(
            squared, Math.Sqrt(squared), AbsoluteErrors / Weight * unit, SquaredDeviations > 0 ? 1 - (SquaredErrors / SquaredDeviations) : null);
    }
}

/// <summary>A regression's figures over some examples, in the target's own units.</summary>
/// <param name="Mse">Mean squared error.</param>
/// <param name="Rmse">Its square root.</param>
/// <param name="Mae">Mean absolute error.</param>
/// <param name="R2">1 - the sum of squared errors / that of a model which says the truths' mean; null where all truths are the same.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record NumberFigures(double Mse, double Rmse, double Mae, double? R2);
