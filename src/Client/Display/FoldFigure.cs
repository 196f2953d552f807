using System.Globalization;
using Granary.Contracts;

namespace Granary.Client.Display;

/// <summary>A figure of a fold's held-out rows, with its mean and deviation over folds.</summary>
/// <param name="Key">Its name in documents.</param>
/// <param name="Title">Its name in tables; null: it is in documents alone.</param>
/// <param name="Of">The figure; null where there is none.</param>
internal sealed record FoldFigure(string Key, string? Title, Func<JobResult, double?> Of)
{
    /// <summary>All figures; averages of classes or labels give each the same weight, as scikit-learn's macro. Areas of two classes are the second's.</summary>
    public static IReadOnlyList<FoldFigure> All { get; } =
    [
        new("loss", "loss", r => r.ValidationLoss),
        new("accuracy", "accuracy", r => r.ValidationNumbers is null ? r.ValidationAccuracy : null),
        new("precision", null, r => r.ValidationFigures?.Macro.Precision),
        new("recall", null, r => r.ValidationFigures?.Macro.Recall),
        new("f1", "macro F1", r => r.ValidationFigures?.Macro.F1),
        new("rocAuc", "ROC-AUC", r => r.ValidationFigures is { HammingLoss: null, Classes: [_, var second] } ? second.RocAuc : r.ValidationFigures?.Macro.RocAuc),
        new("averagePrecision", null, r => r.ValidationFigures is { HammingLoss: null, Classes: [_, var second] } ? second.AveragePrecision : r.ValidationFigures?.Macro.AveragePrecision),
        new("logLoss", null, r => r.ValidationFigures?.Probabilities?.LogLoss),
        new("brier", null, r => r.ValidationFigures?.Probabilities?.Brier),
        new("rmse", "RMSE", r => r.ValidationNumbers?.Rmse),
        new("mae", "MAE", r => r.ValidationNumbers?.Mae),
        new("mse", null, r => r.ValidationNumbers?.Mse),
        new("r2", "R2", r => r.ValidationNumbers?.R2),
    ];

    /// <summary>As tables show it.</summary>
    /// <param name="value">The figure.</param>
    public string Text(double? value) => value is not { } x ? "-" : Key is "rmse" or "mae" ? FigureText.Of(x) : x.ToString("0.0000", CultureInfo.InvariantCulture);

    /// <summary>The mean of some folds, and the standard deviation of a sample: with n - 1, as numpy's with ddof=1. Null where there is none.</summary>
    public static (double? Mean, double? Deviation) Over(IReadOnlyList<double> values)
    {
        if (values.Count == 0)
        {
            return (null, null);
        }

        var mean = values.Average();
        return (mean, values.Count == 1 ? null : Math.Sqrt(values.Sum(x => (x - mean) * (x - mean)) / (values.Count - 1)));
    }
}
