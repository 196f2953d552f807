using System.Text.Json.Serialization;

namespace Granary.Jobs;

/// <summary>Standardisation of a target that is a number: y becomes (y - Mean) / Deviation in training, and predictions go the way back.</summary>
/// <param name="Mean">Mean over the training part.</param>
/// <param name="Deviation">Standard deviation over it, above 0.</param>
public sealed record TargetScaling(double Mean, double Deviation)
{
    /// <summary>Whether it can be undone.</summary>
    [JsonIgnore]
    public bool IsSound => double.IsFinite(Mean) && double.IsFinite(Deviation) && Deviation > 0;
}

/// <summary>The two ways of a target between its own units and those that a model is trained in. Without a scaling they are the same.</summary>
public static class TargetUnits
{
    /// <summary>From the target's own units to the model's.</summary>
    public static double ToModel(this TargetScaling? scaling, double y) => scaling is null ? y : (y - scaling.Mean) / scaling.Deviation;

    /// <summary>From the model's units to the target's own.</summary>
    public static double FromModel(this TargetScaling? scaling, double z) => scaling is null ? z : scaling.Mean + (scaling.Deviation * z);
}
