using System.Globalization;
using System.Text;
using Granary.Contracts;

namespace Granary.Client.Display;

/// <summary>A model's figures for people and for programs.</summary>
internal static class EvaluationText
{
    // A wider matrix is no longer read, only processed.
    private const int MostClasses = 20;

    /// <summary>For people.</summary>
    public static string Of(EvaluationReport r, EvaluationRequest request)
    {
        var text = new StringBuilder();
        var unit = r.Perplexity is null ? "examples" : r.Predictions == r.Examples ? "pairs of words" : $"windows ({r.Predictions:#,0} tokens)";
        text.Append(CultureInfo.InvariantCulture, $"{r.Examples:#,0} {unit} of {Path.GetFileName(request.Data)}\n");
        text.Append(CultureInfo.InvariantCulture, $"loss        {r.Loss:0.000000}{(r.IsLogLoss ? "  (log-loss)" : "")}\n");
        text.Append(CultureInfo.InvariantCulture, $"accuracy    {r.Accuracy:0.000000}\n");
        if (r.RocAuc is { } area)
        {
            text.Append(CultureInfo.InvariantCulture, $"ROC-AUC     {area:0.000000}  (of {r.Classes[1]} against {r.Classes[0]})\n");
        }

        if (r.Perplexity is { } perplexity)
        {
            text.Append(CultureInfo.InvariantCulture, $"perplexity  {perplexity:0.000000}\n");
        }

        if (r.Classes.Count > MostClasses)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nThe confusion matrix of {r.Classes.Count} classes is in --json.\n");
        }
        else if (r.Classes.Count > 0)
        {
            Matrix(r, text);
        }

        return text.ToString();
    }

    private static void Matrix(EvaluationReport r, StringBuilder text)
    {
        var counts = Counts(r);
        var first = Math.Max("truth \\ predicted".Length, r.Classes.Max(c => c.Length));
        var widths = r.Classes.Select((c, j) => Math.Max(c.Length, counts.Max(row => row[j].ToString(CultureInfo.InvariantCulture).Length))).ToArray();
        text.Append('\n').Append("truth \\ predicted".PadRight(first));
        text.AppendJoin("", r.Classes.Select((c, j) => "  " + c.PadLeft(widths[j]))).Append('\n');
        for (var i = 0; i < counts.Length; i++)
        {
            text.Append(r.Classes[i].PadRight(first));
            text.AppendJoin("", counts[i].Select((n, j) => "  " + n.ToString(CultureInfo.InvariantCulture).PadLeft(widths[j]))).Append('\n');
        }
    }

    private static long[][] Counts(EvaluationReport r)
    {
        var counts = r.Classes.Select(_ => new long[r.Classes.Count]).ToArray();
        foreach (var cell in r.Confusion)
        {
            counts[cell.Truth][cell.Predicted] = cell.Count;
        }

        return counts;
    }

    /// <summary>For programs.</summary>
    public static object Document(EvaluationReport r, EvaluationRequest request, int silos) => new
    {
        model = r.Model,
        data = request.Data,
        silos,
        shards = r.Shards,
        examples = r.Examples,
        predictions = r.Predictions,
        loss = r.Loss,
        accuracy = r.Accuracy,
        logLoss = r.IsLogLoss && r.Perplexity is null ? r.Loss : (double?)null,
        rocAuc = r.RocAuc,
        perplexity = r.Perplexity,
        classes = r.Classes.Count > 0 ? r.Classes : null,
        confusion = r.Classes.Count > 0 ? Counts(r) : null,
    };
}
