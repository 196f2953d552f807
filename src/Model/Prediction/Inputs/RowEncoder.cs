using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;

namespace Granary.Model.Prediction;

/// <summary>Makes a model's features of rows as a file has them, one at a time.</summary>
/// <param name="model">A model whose features have names.</param>
/// <param name="table">How its columns become features.</param>
/// <param name="notes">Is told of categories that the model has not seen; null: nobody is.</param>
internal sealed class RowEncoder(TrainedModel model, TableEncoding table, InputNotes? notes = null)
{
    // Of columns whose categories have features of their own; rare ones, which training has seen, are not told from new ones.
    private readonly HashSet<string>?[] _known = [.. table.Columns.Select(c => notes is not null && c.Section is { Buckets: null, MinCount: 1 } && c.Categories.Length > 0
        ? c.Categories.ToHashSet(StringComparer.Ordinal) : null)];
    private readonly CellReader[] _cells = CellReader.Of(table.Names(), [.. table.Columns.Select(c => c.Section)], model.Data);
    private readonly TableEncoder _encoder = new(table);
    private readonly double[] _values = new double[table.Columns.Count];
    private readonly string[]?[] _texts = [.. table.Columns.Select(c => ColumnKinds.Of(c.Section.Kind).IsText ? new string[1] : null)];

    /// <summary>What reads each column's cells.</summary>
    public CellReader[] Readers => _cells;

    /// <summary>The features of a row of texts.</summary>
    /// <param name="cell">The cell of each of the model's columns, trimmed.</param>
    /// <param name="error">An error in the row.</param>
    /// <exception cref="JobException">A cell cannot be used.</exception>
    public double[] Encode(Func<int, string> cell, Func<string, JobException> error) =>
        Encode((c, reader) => reader.Number(cell(c), error), (c, reader) => reader.Text(cell(c), error));

    /// <summary>The features of a row of any file.</summary>
    /// <param name="number">Of each of the model's columns, if its cells are numbers: the cell; NaN where it is missing.</param>
    /// <param name="text">If they are texts: the cell; null where it is missing.</param>
    public double[] Encode(Func<int, CellReader, double> number, Func<int, CellReader, string?> text)
    {
        for (var c = 0; c < _cells.Length; c++)
        {
            if (_texts[c] is not { } texts)
            {
                _values[c] = number(c, _cells[c]);
                continue;
            }

            var given = text(c, _cells[c]);
            if (given is not null && _known[c]?.Contains(given) == false)
            {
                notes!.Add(table.Columns[c].Name, given);
            }

            (_values[c], texts[0]) = (given is null ? double.NaN : 0, given ?? "");
        }

        var features = new double[_encoder.Features.Count];
        _encoder.Encode(_values, _texts, features);
        return features;
    }
}
