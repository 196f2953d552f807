using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Rows as a model takes them: missing values filled in, standardised, rounded to the model's precision. A row has the same
/// bits whenever it is made. One that weighs nothing is all zeros: whatever it holds, such as the value that fills masked rows, has no part in a loss or a
/// gradient, and infinity times its weight would be NaN.</summary>
internal sealed class ReadyRows
{
    private readonly IDenseRows _rows;
    private readonly double[]? _fill;
    private readonly Scaling? _scaling;
    private readonly double[]? _weights;

    /// <param name="rows">As they were read.</param>
    /// <param name="facts">Means and deviations.</param>
    /// <param name="weights">What each row weighs; null: 1.</param>
    public ReadyRows(IDenseRows rows, DataFacts facts, double[]? weights) => (_rows, _fill, _scaling, _weights) = (rows, facts.Fill, facts.Scaling, weights);

    /// <summary>Numbers in a row.</summary>
    public int Features => _rows.Features;

    /// <summary>Makes a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="scratch">[D].</param>
    /// <param name="into">[D].</param>
    public void Make<T>(int row, Span<double> scratch, Span<T> into)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (_weights?[row] == 0)
        {
            into.Clear();
            return;
        }

        _rows.Read(row, scratch);
        if (_fill is not null)
        {
            for (var f = 0; f < scratch.Length; f++)
            {
                scratch[f] = double.IsNaN(scratch[f]) ? _fill[f] : scratch[f];
            }
        }

        _scaling?.Apply(scratch);
        if (typeof(T) == typeof(double))
        {
            scratch.CopyTo(MemoryMarshal.Cast<T, double>(into));
        }
        else
        {
            Round(scratch, MemoryMarshal.Cast<T, float>(into));
        }
    }

    // See Standardisation.Apply.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Round(ReadOnlySpan<double> x, Span<float> into)
    {
        var f = 0;
        for (; f <= x.Length - Vector<float>.Count; f += Vector<float>.Count)
        {
            Vector.Narrow(new Vector<double>(x[f..]), new Vector<double>(x[(f + Vector<double>.Count)..])).CopyTo(into[f..]);
        }

        for (; f < x.Length; f++)
        {
            into[f] = (float)x[f];
        }
    }
}
