using System.Globalization;
using Granary.Jobs;

namespace Granary.Client.Display;

/// <summary>Figures of held-out examples in a line: of classes the accuracy, of numbers the errors in the target's own units.</summary>
internal static class FigureText
{
    /// <summary>"accuracy 0.9749", or "RMSE 53.21, R2 0.4812".</summary>
    public static string Of(double? accuracy, NumberFigures? numbers, string between = " ") => numbers is null
        ? string.Create(CultureInfo.InvariantCulture, $"accuracy {accuracy:0.0000}")
        : $"RMSE {Of(numbers.Rmse)}{between}R2 {(numbers.R2 is { } r2 ? r2.ToString("0.0000", CultureInfo.InvariantCulture) : "-")}";

    /// <summary>An error: six digits of it, whatever its size.</summary>
    public static string Of(double error) => error.ToString("G6", CultureInfo.InvariantCulture);
}
