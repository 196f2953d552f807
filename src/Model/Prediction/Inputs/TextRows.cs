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

    /// <summary>The features of a row, [D].</summary>
    /// <param name="cell">The trimmed cell of each of the model's columns.</param>
    /// <param name="place">Where the row stands, for messages.</param>
    /// <exception cref="JobException">A cell cannot be used.</exception>
    public double[] Features(Func<int, string> cell, Func<string> place)
    {
        if (_encoder is not null)
        {
            return _encoder.Encode(cell, what => new JobException($"{place()}: {what}."));
        }

        var features = new double[_names.Count];
        for (var f = 0; f < features.Length; f++)
        {
            var text = cell(f);
            var x = CsvSource.Number(text, _missing) ?? throw new CsvRefusals(_missing).OfFeature(place(), _names[f], text);
            features[f] = double.IsNaN(x) ? model.Facts.Fill![f] : x;
        }

        return features;
    }
}
