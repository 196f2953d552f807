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

    /// <summary>Features in whose place the network takes a vector, in the order of the features; null: there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<EmbeddedFeature>? Embedded { get; init; }

    /// <summary>Numbers of an example once vectors have taken their places.</summary>
    [JsonIgnore]
    public int JoinedFeatures => Features + (Embedded ?? []).Sum(e => e.Width - 1);

    /// <summary>Where the examples are images: their sizes, whose product is <see cref="Features"/>; null where they are rows of numbers, or text.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImageSize? Image { get; init; }

    /// <summary><see cref="Image"/>, for a model of images alone.</summary>
    /// <exception cref="JobException">The examples are no images.</exception>
    public ImageSize RequireImage() => Image ?? throw new JobException(
        $"the model takes images [channels, height, width], but an example of this data is {Plural.Of(Features, "number")} in a row: set data.format to images, or to idx with records of two dimensions (grey) or "
        + "of three, the channels first.");

    /// <summary>Whether the target is a number, and no class.</summary>
    [JsonIgnore]
    public bool IsNumber => Classes == 0;

    /// <summary>Outputs for one target: one for each class, or the number.</summary>
    [JsonIgnore]
    public int Outputs => IsNumber ? 1 : Classes;

    /// <summary>Equal by value, lists too.</summary>
    public bool Equals(InputShape? other) => other is not null
        && (Features, Classes, IsMultiLabel) == (other.Features, other.Classes, other.IsMultiLabel) && Image == other.Image && (Embedded ?? []).SequenceEqual(other.Embedded ?? []);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Features, Classes, IsMultiLabel);
}
