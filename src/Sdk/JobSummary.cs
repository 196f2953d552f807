using Granary.Jobs;

namespace Granary.Sdk;

/// <summary>A run's summary.json.</summary>
public sealed record JobSummary
{
    /// <summary>The job's id.</summary>
    public required string Job { get; init; }

    /// <summary>The job's name.</summary>
    public required string Name { get; init; }

    /// <summary>"completed", "cancelled" or "failed".</summary>
    public required string State { get; init; }

    /// <summary>Why it failed; null where it has not.</summary>
    public string? Failure { get; init; }

    /// <summary>Kind of model: "mlp".</summary>
    public required string Model { get; init; }

    /// <summary>Number of weights.</summary>
    public long Parameters { get; init; }

    /// <summary>Parts that the training data was cut into.</summary>
    public int Shards { get; init; }

    /// <summary>Silos that took part at the end.</summary>
    public int Silos { get; init; }

    /// <summary>Committed steps.</summary>
    public long Steps { get; init; }

    /// <summary>Epochs of the whole job; 0 where it is measured in steps.</summary>
    public int Epochs { get; init; }

    /// <summary>Steps that led to the weights of the model.</summary>
    public long ModelStep { get; init; }

    /// <summary>Whether the evaluations ended the job before its last step.</summary>
    public bool StoppedEarly { get; init; }

    /// <summary>Examples counted in committed steps.</summary>
    public long Examples { get; init; }

    /// <summary>Seconds of training.</summary>
    public double Seconds { get; init; }

    /// <summary>Mean loss over the last whole epoch's examples as they were trained on; null without a whole epoch.</summary>
    public double? TrainLoss { get; init; }

    /// <summary>The held-out examples; null without any.</summary>
    public ValidationSummary? Validation { get; init; }

    /// <summary>SHA-256 over the weights: equal where two runs have come to the same bits.</summary>
    public required string WeightsSha256 { get; init; }

    /// <summary>Times that training went on after a silo was lost.</summary>
    public int Recoveries { get; init; }

    /// <summary>What the check of the job found doubtful.</summary>
    public IReadOnlyList<JobWarning> Warnings { get; init; } = [];
}

/// <summary>What a model makes of the held-out examples.</summary>
/// <param name="Step">Steps that led to the weights that were evaluated.</param>
/// <param name="Examples">How many examples.</param>
/// <param name="Loss">Their mean loss.</param>
/// <param name="Accuracy">Part of them that the model gets right; null where there are no classes.</param>
public sealed record ValidationSummary(long? Step, long Examples, double? Loss, double? Accuracy)
{
    /// <summary>Where the target is a number: the mean squared error, in its own units; null otherwise, as the other three.</summary>
    public double? Mse { get; init; }

    /// <summary>Its square root.</summary>
    public double? Rmse { get; init; }

    /// <summary>The mean absolute error.</summary>
    public double? Mae { get; init; }

    /// <summary>The coefficient of determination; null where every target is the same, too.</summary>
    public double? R2 { get; init; }

    /// <summary>Where there are classes: precision, recall, areas, Brier score, calibration and more of the published weights, under the model's threshold; null
    /// where these were not evaluated.</summary>
    public ClassFigures? Figures { get; init; }
}
