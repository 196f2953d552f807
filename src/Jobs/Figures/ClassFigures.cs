using System.Text.Json.Serialization;

namespace Granary.Jobs;

/// <summary>A classifier's figures over some examples, each of which counts as much as it weighs. Zero where a figure would be 0 / 0, as in scikit-learn; null where there is none.</summary>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record ClassFigures
{
    /// <summary>How many examples.</summary>
    public required long Examples { get; init; }

    /// <summary>Part of them that is right: with several labels each, in all of its labels.</summary>
    public required double Accuracy { get; init; }

    /// <summary>With several labels each: part of all pairs of an example and a label that is wrong (Hamming loss); null otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? HammingLoss { get; init; }

    /// <summary>Each class against all others; with several labels each, each label.</summary>
    public required IReadOnlyList<OneClass> Classes { get; init; }

    /// <summary>Mean over the classes that occur, or were predicted.</summary>
    public required AveragedFigures Macro { get; init; }

    /// <summary>Over all pairs of an example and a class.</summary>
    public required AveragedFigures Micro { get; init; }

    /// <summary>Mean over the classes, weighted by how often each occurs.</summary>
    public required AveragedFigures Weighted { get; init; }

    /// <summary>Brier score, log-loss and calibration; null where the model gives no probabilities.</summary>
    public ProbabilityFigures? Probabilities { get; init; }

    /// <summary>Two classes: from which probability of the second on it is chosen.</summary>
    public ThresholdFigures? Threshold { get; init; }

    /// <summary>Rows are truths, columns predictions, in class order: how many examples, or what they weigh; null for more than 100 classes, and with several labels each.</summary>
    public double[][]? Confusion { get; init; }

    /// <summary>By all of the figures, those in lists too.</summary>
    public bool Equals(ClassFigures? other) => other is not null
        && (Examples, Accuracy, Macro, Micro, Weighted, Probabilities, Threshold) == (other.Examples, other.Accuracy, other.Macro, other.Micro, other.Weighted, other.Probabilities, other.Threshold)
        && HammingLoss == other.HammingLoss && Classes.SequenceEqual(other.Classes)
        && (Confusion ?? []).Select(r => r.Length).SequenceEqual((other.Confusion ?? []).Select(r => r.Length))
        && (Confusion ?? []).SelectMany(r => r).SequenceEqual((other.Confusion ?? []).SelectMany(r => r));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Examples, Accuracy, Classes.Count, Macro);
}

/// <summary>One class against all others.</summary>
/// <param name="Name">As the data spells it.</param>
/// <param name="Support">Examples of it; where examples are weighted, what they weigh.</param>
/// <param name="Predicted">Likewise: examples that are said to be of it.</param>
/// <param name="Precision">Part of those said to be that are.</param>
/// <param name="Recall">Part of those that are that are said to be.</param>
/// <param name="F1">Harmonic mean of both.</param>
/// <param name="RocAuc">Area under the ROC curve; null where only this or no such class occurs, where there are no probabilities, and of the first of two classes.</param>
/// <param name="AveragePrecision">Area under the precision-recall curve; null likewise.</param>
public sealed record OneClass(
    string Name, double Support, double Predicted, double Precision, double Recall, double F1, double? RocAuc, double? AveragePrecision);

/// <summary>Figures over several classes.</summary>
/// <param name="Precision">Of the precisions.</param>
/// <param name="Recall">Of the recalls.</param>
/// <param name="F1">Of the F1.</param>
/// <param name="RocAuc">Of the areas under ROC curves, over classes that have one; null where none has.</param>
/// <param name="AveragePrecision">Of the areas under precision-recall curves, likewise.</param>
public sealed record AveragedFigures(double Precision, double Recall, double F1, double? RocAuc, double? AveragePrecision);

/// <summary>How good the probabilities are.</summary>
/// <param name="Brier">Mean of (p - y)^2 of the second of two classes, or of a label; of more classes, of the sum over the classes.</param>
/// <param name="LogLoss">Mean of -ln(probability of the truth), probabilities kept between 2.2e-16 and 1 less that.</param>
/// <param name="CalibrationError">Mean over the examples of how far their bin's mean probability is from the part of it that comes true.</param>
/// <param name="Bins">Ten of equal width: by the probability of the second of two classes, or of a label; of more classes, by the greatest.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record ProbabilityFigures(double Brier, double LogLoss, double CalibrationError, IReadOnlyList<CalibrationBin> Bins)
{
    /// <summary>By all of the figures, those of the bins too.</summary>
    public bool Equals(ProbabilityFigures? other) => other is not null
        && (Brier, LogLoss, CalibrationError) == (other.Brier, other.LogLoss, other.CalibrationError) && Bins.SequenceEqual(other.Bins);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Brier, LogLoss, CalibrationError);
}

/// <summary>Examples of about the same probability.</summary>
/// <param name="From">Their probability is above this (of the first bin, or it).</param>
/// <param name="To">And at most this.</param>
/// <param name="Count">How many; where examples are weighted, what they weigh.</param>
/// <param name="Probability">Its mean over them; null without any.</param>
/// <param name="Share">Part of them that comes true; null without any.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record CalibrationBin(double From, double To, double Count, double? Probability, double? Share);

/// <summary>A threshold on the probability of the second of two classes.</summary>
/// <param name="Value">The second class is chosen from here on.</param>
/// <param name="Rule">What it was chosen by on held-out examples: "f1"; null: it was not, and is 0.5.</param>
/// <param name="Missed">Why the rule has chosen none, for people; null: it has.</param>
public sealed record ThresholdFigures(double Value, string? Rule, string? Missed = null);
