using System.Globalization;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Client.Display;

/// <summary>How much each column matters, for people.</summary>
internal static class ImportanceText
{
    /// <summary>A blank line, a sentence and a table; nothing where nobody asked.</summary>
    /// <param name="report">The figures.</param>
    /// <param name="width">Columns of the terminal; null: no limit.</param>
    public static string Of(EvaluationReport report, int? width)
    {
        if (report.Importance is not { } importance)
        {
            return "";
        }

        (string Title, Func<ColumnImportance, RepeatedFigure?> Of)[] all =
        [
            (report.IsLogLoss ? "log-loss rises by" : "loss rises by", c => c.Loss), ("accuracy falls by", c => c.Accuracy), ("RMSE rises by", c => c.Rmse), ("R2 falls by", c => c.R2),
        ];
        var shown = all.Where(f => importance.Columns.Any(c => f.Of(c) is not null)).ToArray();
        var table = new TextTable(text: false, ["column", .. shown.SelectMany(f => new[] { ">" + f.Title, ">+/-" })]);
        foreach (var column in importance.Columns)
        {
            table.Add([column.Column, .. shown.SelectMany(f => new[] { Number(f.Of(column)!.Mean), Number(f.Of(column)!.Deviation) })]);
        }

        return string.Create(CultureInfo.InvariantCulture, $"\nhow much worse when a column's values are permuted among all rows, {Plural.Of(importance.Repeats, "time")}, seed {importance.Seed}\n{table.Text(width)}");
    }

    private static string Number(double value) => value.ToString(Math.Abs(value) < 1000 ? "0.000000" : "G7", CultureInfo.InvariantCulture);
}
