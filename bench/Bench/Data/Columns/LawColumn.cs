namespace Granary.Bench.Data;

/// <summary>What a column of a generated table holds.</summary>
internal enum ColumnForm
{
    /// <summary>A number.</summary>
    Number,

    /// <summary>One of some texts.</summary>
    Category,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>A date and a time of day, ISO 8601.</summary>
    Date,
}

/// <summary>One column of a generated table: what its cells are, and what each adds to the row's sum of effects.</summary>
/// <param name="name">Its name in the header.</param>
/// <param name="form">What it holds.</param>
/// <param name="missing">The probability of a cell without a value.</param>
internal abstract class LawColumn(string name, ColumnForm form, double missing)
{
    /// <summary>Its name in the header.</summary>
    public string Name => name;

    /// <summary>What it holds.</summary>
    public ColumnForm Form => form;

    /// <summary>The probability of a cell without a value. Which cells these are depends on nothing else.</summary>
    public double MissingRate => missing;

    /// <summary>What a cell without a value adds.</summary>
    public double MissingEffect { get; init; }

    /// <summary>Draws the next row's cell and writes it.</summary>
    /// <param name="row">Where it is written.</param>
    /// <param name="draws">What it is drawn from.</param>
    /// <param name="index">Which row it is, from 0.</param>
    /// <returns>What the cell adds to the row's sum.</returns>
    public double Write(RowWriter row, Draws draws, int index)
    {
        if (missing > 0 && draws.Happens(missing))
        {
            row.Missing();
            return MissingEffect;
        }

        return Present(row, draws, index);
    }

    /// <summary>The same of a cell that has a value.</summary>
    protected abstract double Present(RowWriter row, Draws draws, int index);
}
