using System.Globalization;
using System.Text;
using Granary.Model.Files;

namespace Granary.Model.Prediction;

/// <summary>A header line, then a line for each prediction: its file, if it has one; class and one value per class; a probability per label; or the number; and what they are made of.</summary>
internal sealed class CsvPredictions : IPredictionWriter
{
    private readonly StreamWriter _output;
    private readonly string[] _classes;
    private readonly string _format;

    public CsvPredictions(TrainedModel model, Predictor predictor, PredictionColumns columns, Stream output, bool withHeader = true)
    {
        _output = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        (_classes, _format) = ([.. model.Facts.Classes.Select(Cell)], IPredictionWriter.NumberFormat(model, predictor));
        if (withHeader)
        {
            _output.WriteLine(string.Join(',', columns.All.Select(Cell)));
        }
    }

    /// <inheritdoc/>
    public void Add(Prediction prediction)
    {
        var values = prediction.Values.Select(v => v.ToString(_format, CultureInfo.InvariantCulture));
        var parts = PredictionColumns.Explained(prediction).Select(v => v.ToString("R", CultureInfo.InvariantCulture));
        var cells = (prediction.Class < 0 ? values : values.Prepend(_classes[prediction.Class])).Concat(parts);
        _output.WriteLine(string.Join(',', prediction.Name is { } name ? cells.Prepend(Cell(name)) : cells));
    }

    /// <inheritdoc/>
    public void Dispose() => _output.Dispose();

    private static string Cell(string text) =>
        text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
