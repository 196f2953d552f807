using System.Numerics;
using System.Runtime.CompilerServices;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Standardisation: the same bits in training and in use, number by number and row by row.</summary>
internal static class Standardisation
{
    /// <summary>(x - mean) / deviation, or 0 where the feature was constant; x itself where nothing is standardised.</summary>
    public static double Apply(this Scaling? scaling, double x, int feature) =>
        scaling is null ? x
        : scaling.Deviation[feature] == 0 ? 0
        : (x - scaling.Mean[feature]) / scaling.Deviation[feature];

    /// <summary>The same for every feature of a row. At its full speed from the first row on: all rows are done after some tenths of a
    /// second, in which there is no time to be compiled twice.</summary>
    /// <param name="scaling">The scaling.</param>
    /// <param name="row">[D].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(this Scaling scaling, Span<double> row)
    {
        ReadOnlySpan<double> means = scaling.Mean;
        ReadOnlySpan<double> deviations = scaling.Deviation;
        var f = 0;
        for (; f <= row.Length - Vector<double>.Count; f += Vector<double>.Count)
        {
            var deviation = new Vector<double>(deviations[f..]);
            var scaled = (new Vector<double>(row[f..]) - new Vector<double>(means[f..])) / deviation;
            Vector.ConditionalSelect(Vector.Equals(deviation, Vector<double>.Zero), Vector<double>.Zero, scaled).CopyTo(row[f..]);
        }

        for (; f < row.Length; f++)
        {
            row[f] = scaling.Apply(row[f], f);
        }
    }
}
