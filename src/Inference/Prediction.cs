namespace Granary.Inference;

/// <summary>What a model says of one example.</summary>
/// <param name="Label">The class it chooses, as the training data spells it; of a regression the number as text; of several labels those that it says.</param>
/// <param name="Class">The same as a place among <see cref="Predictor.Classes"/>; -1 of a regression, and of several labels.</param>
/// <param name="Values">For each class or label its probability; of a model that gives none, the output of the network; of a regression the number.</param>
public sealed record Prediction(string Label, int Class, IReadOnlyList<double> Values)
{
    /// <summary>Of a regression the number that it predicts, in the target's own units; null of a model that tells classes apart.</summary>
    public double? Number { get; init; }

    /// <summary>Where an example has any number of labels: those that it is said to have, from a probability of 0.5 on; null of all other models.</summary>
    public IReadOnlyList<string>? Labels { get; init; }
}
