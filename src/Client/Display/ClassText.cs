using System.Globalization;
using System.Text;
using Granary.Jobs;

namespace Granary.Client.Display;

/// <summary>A classifier's figures for people.</summary>
internal static class ClassText
{
    /// <summary>A longer table is no longer read, only processed.</summary>
    public const int MostClasses = 20;

    /// <summary>Figures over all classes, a line each.</summary>
    public static string Lines(ClassFigures f)
    {
        var text = new StringBuilder();
        if (f.HammingLoss is { } wrong)
        {
            Line(text, "Hamming", wrong, "part of all labels of all examples that is wrong");
            Line(text, "micro F1", f.Micro.F1, "over all labels of all examples");
            Line(text, "macro F1", f.Macro.F1, "mean over labels");
        }
        else if (f.Classes.Count == 2)
        {
            var second = f.Classes[1];
            Line(text, "precision", second.Precision, f.Threshold is { } t ? string.Create(CultureInfo.InvariantCulture, $"of {second.Name}, chosen from a probability of {t.Value:0.0000} on") : $"of {second.Name}");
            Line(text, "recall", second.Recall);
            Line(text, "F1", second.F1);
            Line(text, "ROC-AUC", second.RocAuc, $"of {second.Name} against {f.Classes[0].Name}");
            Line(text, "PR-AUC", second.AveragePrecision);
        }

        if (f.Probabilities is { } p)
        {
            Line(text, "Brier", p.Brier);
            Line(text, "calibration", p.CalibrationError, "mean error of ten bins");
        }

        return text.ToString();
    }

    /// <summary>Figures of each class, and their means.</summary>
    /// <param name="f">The figures.</param>
    /// <param name="width">Columns of the terminal; null: no limit.</param>
    public static string Table(ClassFigures f, int? width)
    {
        var table = new TextTable(text: false, f.HammingLoss is null ? "class" : "label", ">examples", ">precision", ">recall", ">F1", ">ROC-AUC", ">PR-AUC");
        foreach (var c in f.Classes)
        {
            table.Add(c.Name, ColumnReport.Number(c.Support), Part(c.Precision), Part(c.Recall), Part(c.F1), Part(c.RocAuc), Part(c.AveragePrecision));
        }

        foreach (var (name, a) in new[] { (f.HammingLoss is null ? "mean over classes" : "mean over labels", f.Macro), ("all pairs", f.Micro), ("mean by examples", f.Weighted) })
        {
            table.Add(name, "", Part(a.Precision), Part(a.Recall), Part(a.F1), Part(a.RocAuc), Part(a.AveragePrecision));
        }

        return table.Text(width);
    }

    /// <summary>What the threshold that a job has chosen does, or why there is none.</summary>
    public static string UnderThreshold(ClassFigures f) => f.Threshold is { Missed: { } why } ? $"threshold: {why}" : string.Create(
        CultureInfo.InvariantCulture,
        $"threshold: {f.Classes[1].Name} from a probability of {f.Threshold!.Value:0.0000} on, by {f.Threshold.Rule}: accuracy {f.Accuracy:0.0000}, precision {f.Classes[1].Precision:0.0000}, recall {f.Classes[1].Recall:0.0000}, F1 {f.Classes[1].F1:0.0000}");

    private static void Line(StringBuilder text, string name, double? figure, string? of = null)
    {
        if (figure is { } value)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name,-12}{value:0.000000}{(of is null ? "" : $"  ({of})")}\n");
        }
    }

    private static string Part(double? p) => p is { } part ? part.ToString("0.0000", CultureInfo.InvariantCulture) : "-";
}
