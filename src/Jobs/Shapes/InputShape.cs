using System.Text.Json.Serialization;

namespace Granary.Jobs;

/// <summary>What the data says about a model's ends: all of it that a network's shape depends on.</summary>
/// <param name="Features">Numbers per example (csv, idx); 0 for text.</param>
/// <param name="Classes">Classes of the label, labels of which a row has any number, or tokens of the vocabulary (text); 0 where the target is a number.</param>
public sealed record InputShape(int Features, int Classes)
{
    /// <summary>Whether a row has any number of the labels, and not one class.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsMultiLabel { get; init; }

    /// <summary>Whether the target is a number, and no class.</summary>
    [JsonIgnore]
    public bool IsNumber => Classes == 0;

    /// <summary>Outputs for one target: one for each class, or the number.</summary>
    [JsonIgnore]
    public int Outputs => IsNumber ? 1 : Classes;
}
