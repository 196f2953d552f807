namespace Granary.Jobs;

/// <summary>What the data says about a model's ends: all of it that a network's shape depends on.</summary>
/// <param name="Features">Numbers per example (csv, idx); 0 for text.</param>
/// <param name="Classes">Classes of the label, or tokens of the vocabulary (text).</param>
public sealed record InputShape(int Features, int Classes);
