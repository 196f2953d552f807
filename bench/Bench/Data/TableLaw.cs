namespace Granary.Bench.Data;

/// <summary>The law of a generated table. A row's columns each add their effect to a sum, and the target is drawn about a mean that follows from it. A linear
/// model of the columns' usual features can be as good as the law itself.</summary>
/// <param name="Name">What the table is like: "adult".</param>
/// <param name="Target">The target's column, the last one.</param>
/// <param name="Response">How the target comes of the sum.</param>
/// <param name="Intercept">What the sum begins with.</param>
/// <param name="Columns">All other columns, in order.</param>
internal sealed record TableLaw(string Name, string Target, Response Response, double Intercept, IReadOnlyList<LawColumn> Columns)
{
    /// <summary>The header.</summary>
    public string Header => string.Join(',', Columns.Select(c => c.Name).Append(Target));

    /// <summary>Draws a row and writes it.</summary>
    /// <returns>The target and its mean.</returns>
    public (double Target, double Mean) Write(RowWriter row, Draws draws, int index)
    {
        var sum = Intercept;
        foreach (var column in Columns)
        {
            sum += column.Write(row, draws, index);
        }

        var mean = Response.Mean(sum);
        var target = Response.Write(row, draws, mean);
        row.End();
        return (target, mean);
    }
}
