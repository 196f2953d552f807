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

    /// <summary>The features of a row.</summary>
    /// <param name="cell">The cell of each of the model's columns, trimmed.</param>
    /// <param name="error">An error in the row.</param>
    /// <exception cref="JobException">A cell cannot be used.</exception>
    public double[] Encode(Func<int, string> cell, Func<string, JobException> error)
    {
        for (var c = 0; c < _cells.Length; c++)
        {
            if (_texts[c] is not { } texts)
            {
                _values[c] = _cells[c].Number(cell(c), error);
                continue;
            }

            var text = _cells[c].Text(cell(c), error);
            (_values[c], texts[0]) = (text is null ? double.NaN : 0, text ?? "");
        }

        var features = new double[_encoder.Features.Count];
        _encoder.Encode(_values, _texts, features);
        return features;
    }
}
