namespace Granary.Model.Data;

/// <summary>Lets a reader pass over the rows before one: they are counted, and not looked at. Usually it lets all through.</summary>
internal sealed class RowGate
{
    private long _row; // the next one, from 0

    /// <summary>The first row that is asked for, from 0. It may rise while rows are read.</summary>
    public long First { get; set; }

    /// <summary>Whether the next rows are asked for, which begin before <see cref="First"/> or do not; then come those after them.</summary>
    /// <param name="rows">How many: of several all or none are asked for.</param>
    public bool Passes(long rows = 1)
    {
        var passes = _row >= First;
        _row += rows;
        return passes;
    }

    /// <summary>Whether none of the next rows is asked for: then come those after them. Else nothing is done.</summary>
    /// <param name="rows">How many.</param>
    public bool Skips(long rows)
    {
        if (_row + rows > First)
        {
            return false;
        }

        _row += rows;
        return true;
    }
}
