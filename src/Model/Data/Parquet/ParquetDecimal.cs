using System.Globalization;
using System.Numerics;
using Granary.Jobs;
using Parquet.Data;

namespace Granary.Model.Data;

/// <summary>Decimals of Parquet files: a whole number and the power of ten that divides it.</summary>
internal static class ParquetDecimal
{
    private const long Exact = 1L << 53; // doubles hold every whole number up to it, and every power of ten up to the last here

    private static readonly double[] Powers =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    /// <summary>The nearest double.</summary>
    public static double ToDouble(BigDecimal value) => BigInteger.Abs(value.UnscaledValue) <= Exact && value.Scale < Powers.Length
        ? (double)value.UnscaledValue / Powers[value.Scale] // both exact: rounded once
        : double.Parse(Text(value), NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>The same as a label: 1.50 is 1.5.</summary>
    public static string ToLabel(BigDecimal value) => LabelNumber.Parse(Text(value))!.Value.ToString();

    private static string Text(BigDecimal value) => string.Create(CultureInfo.InvariantCulture, $"{value.UnscaledValue}e-{value.Scale}");
}
