namespace Granary.Inference;

/// <summary>What a model says of one example.</summary>
/// <param name="Label">The class it chooses, as the training data spells it.</param>
/// <param name="Class">The same as a place among <see cref="Predictor.Classes"/>.</param>
/// <param name="Values">For each class its probability; of a model that gives none, the output of the network.</param>
public sealed record Prediction(string Label, int Class, IReadOnlyList<double> Values);
