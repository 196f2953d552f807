using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;

namespace Granary.Model.Prediction;

/// <summary>Makes features of rows whose cells are texts, for a model whose features have names.</summary>
/// <param name="model">The model.</param>
/// <param name="notes">Is told of what the model does not know.</param>
internal sealed class TextRows(TrainedModel model, InputNotes notes)
{
    private readonly RowEncoder? _encoder = model.Facts.Table is { } table ? new RowEncoder(model, table, notes) : null;
    private readonly MissingCells _missing = Missing(model);
    private readonly IReadOnlyList<string> _names = model.Facts.Inputs;

    /// <summary>Which cells of a model's input have no value, and whether they are filled in.</summary>
    public static MissingCells Missing(TrainedModel model) =>
        new(model.Data with { Missing = model.Facts.Fill is null ? MissingValues.Refuse : MissingValues.Mean });

    /// <summary>A trimmed cell of the present row.</summary>
    /// <param name="column">Which of the model's columns.</param>
    public delegate ReadOnlySpan<char> Cell(int column);

    /// <summary>The features of a row, [D].</summary>
    /// <param name="cell">Its cells, where numbers are read of them.</param>
    /// <param name="text">Its cells as texts.</param>
    /// <param name="place">Where the row stands, for messages.</param>
    /// <exception cref="JobException">A cell cannot be used.</exception>
    public double[] Features(Cell cell, Func<int, string> text, Func<string> place)
    {
        if (_encoder is not null)
        {
            JobException Error(string what) => new($"{place()}: {what}.");
            return _encoder.Encode((c, reader) => reader.Number(cell(c), Error), (c, reader) => reader.Text(text(c), Error));
        }

        var features = new double[_names.Count];
        for (var f = 0; f < features.Length; f++)
        {
            var x = CsvSource.Number(cell(f), _missing) ?? throw new CsvRefusals(_missing).OfFeature(place(), _names[f], text(f));
            features[f] = double.IsNaN(x) ? model.Facts.Fill![f] : x;
        }

        return features;
    }
}
