using System.Globalization;
using System.Text;
using Granary.Jobs;
using Granary.Model.Files;

namespace Granary.Model.Prediction;

/// <summary>What was predicted.</summary>
/// <param name="Rows">Rows of the input.</param>
/// <param name="Ignored">Columns of the input that the model does not know.</param>
public sealed record PredictionReport(long Rows, IReadOnlyList<string> Ignored);

/// <summary>Predicts every row of a CSV file, or every image of an IDX file, a batch at a time: class, then one value per class; a probability per label; or the number.</summary>
public static class PredictionTable
{
    /// <summary>Writes the predictions to a file, whole or not at all.</summary>
    /// <exception cref="JobException">The input, the output or the model cannot be used; a bad cell is named by file and line. The output is
    /// the input or the model, or exists and may not be overwritten.</exception>
    public static PredictionReport Write(TrainedModel model, string input, string output, bool overwrite = false)
    {
        using var file = new OutputFile(output, overwrite, [.. InputRows.Read(input), model.Name]);
        var report = Write(model, input, file.Content);
        file.Finish();
        return report;
    }

    /// <summary>The same, to a stream.</summary>
    public static PredictionReport Write(TrainedModel model, string input, Stream output)
    {
        using var predictor = new Predictor(model);
        try
        {
            using var rows = InputRows.Of(model, input);
            using var writer = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
            return Write(model, predictor, rows, Path.GetFileName(input), writer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) // the output's errors come as others
        {
            throw new JobException($"{input}: it cannot be read: {e.Message}");
        }
    }

    private static PredictionReport Write(TrainedModel model, Predictor predictor, InputRows input, string file, TextWriter output)
    {
        var values = model.Facts.Classes.Select(c => Cell((predictor.GivesProbabilities ? "probability." : "output.") + c));
        output.WriteLine(predictor.GivesNumbers ? "prediction" : string.Join(',', predictor.GivesLabels ? values : values.Prepend("class")));
        var format = predictor.GivesNumbers && (model.Facts.TargetScaling is not null || model.Model.Precision == Precision.Float64) ? "R" : "G9"; // G9 is all of a float32
        var rows = 0L;
        foreach (var batch in input.Batches)
        {
            foreach (var prediction in predictor.Predict(batch))
            {
                var cells = prediction.Values.Select(v => v.ToString(format, CultureInfo.InvariantCulture));
                output.WriteLine(string.Join(',', prediction.Class < 0 ? cells : cells.Prepend(Cell(model.Facts.Classes[prediction.Class]))));
                rows++;
            }
        }

        return rows > 0
            ? new PredictionReport(rows, input.Ignored)
            : throw new JobException($"{file}: it has no rows: there is nothing to predict.");
    }

    private static string Cell(string text) =>
        text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
