using System.Numerics;
using System.Numerics.Tensors;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Rows as a model takes them: missing values filled in, standardised, rounded to the model's precision. A row has the same
/// bits whenever it is made.</summary>
internal sealed class ReadyRows
{
    private readonly IDenseRows _rows;
    private readonly double[]? _fill;
    private readonly Scaling? _scaling;
    private readonly int[] _constant;

    /// <param name="rows">As they were read.</param>
    /// <param name="facts">Means and deviations.</param>
    public ReadyRows(IDenseRows rows, DataFacts facts)
    {
        (_rows, _fill, _scaling) = (rows, facts.Fill, facts.Scaling);
        _constant = [.. Enumerable.Range(0, rows.Features).Where(f => _scaling?.Deviation[f] == 0)];
    }

    /// <summary>Numbers in a row.</summary>
    public int Features => _rows.Features;

    /// <summary>Makes a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="scratch">[D].</param>
    /// <param name="into">[D].</param>
    public void Make<T>(int row, Span<double> scratch, Span<T> into)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        _rows.Read(row, scratch);
        if (_fill is not null)
        {
            for (var f = 0; f < scratch.Length; f++)
            {
                scratch[f] = double.IsNaN(scratch[f]) ? _fill[f] : scratch[f];
            }
        }

        if (_scaling is not null)
        {
            // Standardisation.Apply, many features at once.
            TensorPrimitives.Subtract(scratch, _scaling.Mean, scratch);
            TensorPrimitives.Divide(scratch, _scaling.Deviation, scratch);
            foreach (var f in _constant)
            {
                scratch[f] = 0;
            }
        }

        TensorPrimitives.ConvertTruncating<double, T>(scratch, into);
    }
}
