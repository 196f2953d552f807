namespace Granary.Model.Data;

/// <summary>Cells as they are.</summary>
/// <param name="cells">NaN where one is missing.</param>
internal sealed class DoubleRun(double[] cells) : CellRun
{
    /// <inheritdoc/>
    public override int Count => cells.Length;

    /// <inheritdoc/>
    public override long Bytes => (long)cells.Length * sizeof(double);

    /// <inheritdoc/>
    public override double Times => 1;

    /// <inheritdoc/>
    public override double this[int at] => cells[at];

    /// <inheritdoc/>
    public override void ReadTimes(int first, Span<double> into) => cells.AsSpan(first, into.Length).CopyTo(into);

    /// <inheritdoc/>
    public override void ReadWhole(int first, Span<int> into)
    {
        for (var i = 0; i < into.Length; i++)
        {
            into[i] = Place(cells[first + i]);
        }
    }

    /// <inheritdoc/>
    public override void Gather(int first, ReadOnlySpan<double> of, Span<double> into)
    {
        for (var i = 0; i < into.Length; i++)
        {
            into[i] += of[Place(cells[first + i]) + 1];
        }
    }

    /// <inheritdoc/>
    public override void Scatter(int first, ReadOnlySpan<double> from, Span<double> into)
    {
        for (var i = 0; i < from.Length; i++)
        {
            into[Place(cells[first + i]) + 1] += from[i];
        }
    }

    private static int Place(double cell) => double.IsNaN(cell) ? -1 : (int)cell;
}
