using System.Globalization;
using System.Text;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Client.Display;

/// <summary>A model's figures for people and for programs.</summary>
internal static class EvaluationText
{
    /// <summary>For people.</summary>
    /// <param name="r">The figures.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="width">Columns of the terminal; null: no limit.</param>
    public static string Of(EvaluationReport r, EvaluationRequest request, int? width)
    {
        var text = new StringBuilder();
        var counted = r.Perplexity is null ? Plural.Of(r.Examples, "example")
            : r.Predictions == r.Examples ? Plural.Of(r.Examples, "pair") + " of words"
            : $"{Plural.Of(r.Examples, "window")} ({Plural.Of(r.Predictions, "token")})";
        text.Append(CultureInfo.InvariantCulture, $"{counted} of {Path.GetFileName(request.Data)}\n");
        text.Append(CultureInfo.InvariantCulture, $"loss        {r.Loss:0.000000}{(r.IsLogLoss ? "  (log-loss)" : "")}\n");
        if (r.Weight is { } weight)
        {
            text.Append(CultureInfo.InvariantCulture, $"weights     column {r.WeightedBy}, {ColumnReport.Number(weight)} in all: every figure counts a row as often as it weighs\n");
        }

        if (r.Numbers is { } numbers)
        {
            text.Append(CultureInfo.InvariantCulture, $"RMSE        {FigureText.Of(numbers.Rmse)}\nMSE         {FigureText.Of(numbers.Mse)}\nMAE         {FigureText.Of(numbers.Mae)}\n");
            text.Append(CultureInfo.InvariantCulture, $"R2          {(numbers.R2 is { } r2 ? $"{r2:0.000000}" : "none: every target is the same")}\n");
            return text.Append(ImportanceText.Of(r, width)).ToString();
        }

        var isMultiLabel = r.Figures?.HammingLoss is not null;
        text.Append(CultureInfo.InvariantCulture, $"accuracy    {r.Accuracy:0.000000}{(isMultiLabel ? "  (every label of an example is right)" : "")}\n");
        text.Append(r.Figures is { } figures ? ClassText.Lines(figures) : "");
        if (r.Perplexity is { } perplexity)
        {
            text.Append(CultureInfo.InvariantCulture, $"perplexity  {perplexity:0.000000}\n");
        }

        if (r.Classes.Count > ClassText.MostClasses)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nThe table{(isMultiLabel ? "" : " and the confusion matrix")} of {r.Classes.Count} {(isMultiLabel ? "labels is" : "classes are")} in --json.\n");
        }
        else if (r.Classes.Count > 0)
        {
            text.Append('\n').Append(ClassText.Table(r.Figures!, width));
            if (!isMultiLabel)
            {
                text.Append('\n').Append(Matrix(r).Text(width));
            }
        }

        return text.Append(ImportanceText.Of(r, width)).ToString();
    }

    private static TextTable Matrix(EvaluationReport r)
    {
        var table = new TextTable(text: false, ["truth \\ predicted", .. r.Classes.Select(c => ">" + c)]);
        foreach (var (truth, counts) in r.Classes.Zip(Counts(r)))
        {
            table.Add([truth, .. counts.Select(ColumnReport.Number)]);
        }

        return table;
    }

    private static double[][] Counts(EvaluationReport r)
    {
        var counts = r.Classes.Select(_ => new double[r.Classes.Count]).ToArray();
        foreach (var cell in r.Confusion)
        {
            counts[cell.Truth][cell.Predicted] = cell.Count;
        }

        return counts;
    }

    /// <summary>For programs.</summary>
    public static object Document(EvaluationReport r, EvaluationRequest request, int? silos) => new
    {
        model = r.Model,
        data = request.Data,
        silos,
        shards = r.Shards,
        examples = r.Examples,
        predictions = r.Predictions,
        weightedBy = r.WeightedBy,
        weight = r.Weight,
        loss = r.Loss,
        accuracy = r.Numbers is null ? r.Accuracy : (double?)null,
        mse = r.Numbers?.Mse,
        rmse = r.Numbers?.Rmse,
        mae = r.Numbers?.Mae,
        r2 = r.Numbers?.R2,
        logLoss = r.IsLogLoss && r.Perplexity is null ? r.Loss : (double?)null,
        rocAuc = r.RocAuc,
        perplexity = r.Perplexity,
        classes = r.Classes.Count > 0 ? r.Classes : null,
        confusion = r.Classes.Count > 0 && r.Figures?.HammingLoss is null ? Counts(r) : null,
        importance = r.Importance,
        figures = r.Figures is { } figures ? figures with { Confusion = null } : null, // it is above
    };
}
