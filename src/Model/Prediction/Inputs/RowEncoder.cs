using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;

namespace Granary.Model.Prediction;

/// <summary>Makes a model's features of rows as a file has them, one at a time.</summary>
/// <param name="model">A model whose features have names.</param>
/// <param name="table">How its columns become features.</param>
internal sealed class RowEncoder(TrainedModel model, TableEncoding table)
{
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
            (_values[c], texts[0]) = (given is null ? double.NaN : 0, given ?? "");
        }

        var features = new double[_encoder.Features.Count];
        _encoder.Encode(_values, _texts, features);
        return features;
    }
}
