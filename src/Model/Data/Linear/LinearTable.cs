using Granary.Jobs;

namespace Granary.Model.Data.Linear;

/// <summary>Rows of described columns as a linear model needs them: features are not written out, for nearly all of them are 0.</summary>
/// <param name="Features">D.</param>
/// <param name="Numbers">Features that are numbers of any size.</param>
/// <param name="Choices">Features that are 0 or 1.</param>
/// <param name="Dense">The rows with all of their features, for whoever needs them.</param>
internal sealed record LinearTable(int Features, IReadOnlyList<NumberTerm> Numbers, IReadOnlyList<ChoiceTerm> Choices, IDenseRows Dense)
{
    /// <summary>Rows.</summary>
    public int Rows => Dense.Count;

    /// <summary>Takes rows apart; null where a column's features have to be written out, as those of a text have.</summary>
    /// <param name="cells">The cells.</param>
    /// <param name="texts">Of each column of texts the different ones; null of other columns.</param>
    /// <param name="table">The fitted columns.</param>
    public static LinearTable? Of(CellTable cells, IReadOnlyList<string>?[] texts, TableEncoding table)
    {
        ColumnEncoder[] encoders = [.. table.Columns.Select(c => ColumnKinds.Of(c.Section.Kind).Encoder(c))];
        if (Array.Exists(encoders, e => e.Numbers is null))
        {
            return null;
        }

        var (all, first) = (encoders.Sum(e => e.Features.Count), 0);
        var (numbers, choices) = (new List<NumberTerm>(), new List<ChoiceTerm>());
        for (var c = 0; c < encoders.Length; c++)
        {
            var column = new LinearColumn(table.Columns[c], encoders[c], cells[c], first, all);
            if (texts[c] is { } own)
            {
                choices.Add(column.Texts(own));
            }
            else
            {
                var (some, others) = column.Numbers();
                numbers.AddRange(some.Where(n => !n.IsZero));
                choices.AddRange(others);
            }

            first += encoders[c].Features.Count;
        }

        return new LinearTable(all, numbers, choices, new EncodedRows(cells, texts, new TableEncoder(table)));
    }
}
