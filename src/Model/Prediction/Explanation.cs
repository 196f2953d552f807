namespace Granary.Model.Prediction;

/// <summary>What a linear model's score of one example is made of: the bias and the contributions add up to the score, within its rounding.</summary>
/// <param name="Score">The network's output as it was computed, in the model's precision: log-odds, or a class's score before the softmax. Of a regression it is in the
/// target's own units; of one of counts (poisson) the logarithm of the number.</param>
/// <param name="Bias">The score of an example whose features are all 0 to the model.</param>
/// <param name="Contributions">[C] for each column, weight times feature as the model sees it, added up over the column's features; float64.</param>
public sealed record Explanation(double Score, double Bias, double[] Contributions);
