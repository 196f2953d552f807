namespace Granary.Jobs;

/// <summary>What rows weigh, where a column says it.</summary>
/// <param name="Training">What the training examples weigh in all.</param>
/// <param name="HeldOut">What the held-out examples weigh in all; 0 without any.</param>
/// <param name="Least">The least weight of any row; of no rows infinity.</param>
/// <param name="Greatest">The greatest; of no rows minus infinity.</param>
[System.Text.Json.Serialization.JsonNumberHandling(System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record RowWeights(double Training, double HeldOut, double Least, double Greatest)
{
    /// <summary>What those held-out examples weigh in all that are evaluated while the job trains: all, or some (<see cref="EvaluationPlan"/>).</summary>
    public double Evaluated { get; init; }

    /// <summary>With those of the next shard.</summary>
    public RowWeights With(RowWeights next) =>
        new(Training + next.Training, HeldOut + next.HeldOut, Math.Min(Least, next.Least), Math.Max(Greatest, next.Greatest)) { Evaluated = Evaluated + next.Evaluated };
}
