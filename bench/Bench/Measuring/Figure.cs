using System.Globalization;

namespace Granary.Bench.Measuring;

/// <summary>Figures as people read them.</summary>
internal static class Figure
{
    /// <summary>Three digits that count, whole numbers whole.</summary>
    public static string Text(double value)
    {
        var size = Math.Abs(value);
        var format = size >= 100 ? "#,0" : size >= 10 ? "0.0" : size >= 0.1 || size == 0 ? "0.00" : "0.0000";
        return value.ToString(format, CultureInfo.InvariantCulture);
    }
}
