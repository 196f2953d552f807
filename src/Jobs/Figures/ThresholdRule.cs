using System.Globalization;

namespace Granary.Jobs;

/// <summary>What a threshold on the probability of the second class is chosen by.</summary>
public enum ThresholdFigure
{
    /// <summary>The greatest F1.</summary>
    F1,
    /// <summary>The greatest recall - false positive rate (Youden, 1950).</summary>
    Youden,
    /// <summary>The most that are right.</summary>
    Accuracy,
    /// <summary>The greatest recall among those of a precision.</summary>
    Precision,
    /// <summary>The greatest precision among those of a recall.</summary>
    Recall,
}

/// <summary>How a threshold is chosen, on held-out examples: f1, youden, accuracy, precision>=0.9 or recall>=0.9. Of equal ones it is the lowest.</summary>
/// <param name="Figure">The figure.</param>
/// <param name="AtLeast">Precision, recall: what must be reached, in (0, 1]; 0 for the others.</param>
public sealed record ThresholdRule(ThresholdFigure Figure, double AtLeast = 0)
{
    /// <summary>The ways to write one, for messages.</summary>
    public const string Forms = "f1, youden, accuracy, precision>=P or recall>=R (P and R above 0, at most 1)";

    /// <summary>Reads one; null where it is none.</summary>
    public static ThresholdRule? Parse(string text)
    {
        var parts = text.Replace(" ", "", StringComparison.Ordinal).Split(">=");
        ThresholdFigure? figure = parts[0] switch
        {
            "f1" => ThresholdFigure.F1,
            "youden" => ThresholdFigure.Youden,
            "accuracy" => ThresholdFigure.Accuracy,
            "precision" => ThresholdFigure.Precision,
            "recall" => ThresholdFigure.Recall,
            _ => null,
        };
        return figure is not { } known ? null
            : known is ThresholdFigure.Precision or ThresholdFigure.Recall
                ? parts.Length == 2 && double.TryParse(parts[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var least) && least is > 0 and <= 1
                    ? new ThresholdRule(known, least) : null
            : parts.Length == 1 ? new ThresholdRule(known) : null;
    }

    /// <summary>Whether a threshold may be chosen at all.</summary>
    /// <param name="cut">What it does.</param>
    /// <param name="positives">Examples of the second class.</param>
    internal bool Allows(Cut cut, double positives) => Figure switch
    {
        ThresholdFigure.Precision => cut.TruePositives / cut.Chosen >= AtLeast,
        ThresholdFigure.Recall => cut.TruePositives / positives >= AtLeast,
        _ => true,
    };

    /// <summary>Whether a threshold is better than a lower one. Nothing is divided: where every example weighs 1, these are whole numbers, and no rounding decides.</summary>
    internal bool IsBetter(Cut cut, Cut lower, double positives, double negatives) => Figure switch
    {
        ThresholdFigure.F1 => cut.TruePositives * (lower.Chosen + positives) > lower.TruePositives * (cut.Chosen + positives),
        ThresholdFigure.Youden => (cut.TruePositives * negatives) - (cut.FalsePositives * positives)
            > (lower.TruePositives * negatives) - (lower.FalsePositives * positives),
        ThresholdFigure.Accuracy => cut.TruePositives - cut.FalsePositives > lower.TruePositives - lower.FalsePositives,
        ThresholdFigure.Precision => cut.TruePositives > lower.TruePositives
            || (cut.TruePositives == lower.TruePositives && cut.FalsePositives < lower.FalsePositives),
        _ => cut.TruePositives * lower.Chosen > lower.TruePositives * cut.Chosen,
    };

    /// <inheritdoc/>
    public override string ToString() => Figure is ThresholdFigure.Precision or ThresholdFigure.Recall
        ? string.Create(CultureInfo.InvariantCulture, $"{Kebab.Name(Figure)}>={AtLeast}") : Kebab.Name(Figure);
}

/// <summary>What is said to be of the second class from some score on.</summary>
/// <param name="Threshold">The score.</param>
/// <param name="TruePositives">Those that are; where examples are weighted, what they weigh.</param>
/// <param name="FalsePositives">Those that are not, likewise.</param>
public readonly record struct Cut(double Threshold, double TruePositives, double FalsePositives)
{
    /// <summary>All of them.</summary>
    internal double Chosen => TruePositives + FalsePositives;
}
