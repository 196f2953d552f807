namespace Granary.Jobs;

/// <summary>A figure of the held-out examples: the lower loss is the better one, and the higher accuracy.</summary>
public enum HeldOutFigure { Loss, Accuracy }

/// <summary>Which version of the weights a job publishes: the last one, or the one with the best held-out figure.</summary>
public enum KeptModel { Last, Best }

/// <summary>The job file's <c>training.earlyStopping</c> section. There is one evaluation at the end of every epoch, unless <see cref="EvaluationSection.Every"/> says otherwise.</summary>
public sealed record EarlyStoppingSection
{
    /// <summary>The job ends after so many evaluations in a row without an improvement; required, at least 1.</summary>
    public required int Patience { get; init; }

    /// <summary>What is watched; decides which version is the best one, too. Default: loss.</summary>
    public HeldOutFigure Figure { get; init; } = HeldOutFigure.Loss;

    /// <summary>An evaluation counts as an improvement if it is better by more than this than the last improvement. At least 0 (default).</summary>
    public double MinDelta { get; init; }
}
