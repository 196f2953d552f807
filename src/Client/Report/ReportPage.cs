using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Contracts;

namespace Granary.Client.Report;

/// <summary>A model's figures as one page that needs nothing else: ROC, precision-recall and calibration curve, confusion matrix and table of classes; of a
/// regression predictions against truths, and residuals.</summary>
internal static class ReportPage
{
    // Escapes <, > and &: nothing in a name ends the script element.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>The page.</summary>
    /// <param name="report">The figures.</param>
    /// <param name="request">What was asked.</param>
    public static string Of(EvaluationReport report, EvaluationRequest request)
    {
        var data = JsonSerializer.Serialize(Data(report, request), Json);
        return Part("report.html").Replace("{{script}}", Part("report.js"), StringComparison.Ordinal).Replace("{{data}}", data, StringComparison.Ordinal);
    }

    private static object Data(EvaluationReport report, EvaluationRequest request)
    {
        var two = report.Figures is { Classes.Count: 2, HammingLoss: null };
        return new
        {
            title = Title(request.Model),
            data = Path.GetFileName(request.Data),
            model = report.Model,
            examples = report.Examples,
            weightedBy = report.WeightedBy,
            weight = report.Weight,
            loss = report.Loss,
            figures = report.Figures,
            threshold = two ? report.Figures!.Threshold?.Value ?? 0.5 : (double?)null,
            rule = report.Figures?.Threshold?.Rule,
            curves = report.Curves.Select(c => new
            {
                name = c.Name,
                rocAuc = c.Ranks.RocAuc,
                averagePrecision = c.Ranks.AveragePrecision,
                positives = c.Ranks.Positives,
                negatives = c.Ranks.Negatives,
                points = c.Ranks.Points.Select(p => new[] { p.Threshold, p.TruePositives, p.FalsePositives }),
            }),
            numbers = report.Numbers,
            isLogLoss = report.IsLogLoss,
            importance = report.Importance,
            sample = new { truths = report.Truths, predicted = report.Predicted },
        };
    }

    // Of a model in a run's folder the folder's name says more than the file's.
    private static string Title(string model)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(model));
        return name == "model.safetensors" && Path.GetFileName(Path.GetDirectoryName(model)) is { Length: > 0 } folder ? folder : name;
    }

    private static string Part(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"report/{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
