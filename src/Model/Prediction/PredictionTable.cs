using Granary.Jobs;
using Granary.Model.Files;

namespace Granary.Model.Prediction;

/// <summary>What was predicted.</summary>
/// <param name="Rows">Rows of the input.</param>
/// <param name="Ignored">Columns of the input that the model does not know.</param>
/// <param name="Unseen">A sentence for each column of categories in which rows have some that the model has not seen.</param>
public sealed record PredictionReport(long Rows, IReadOnlyList<string> Ignored, IReadOnlyList<string> Unseen);

/// <summary>How predictions are written.</summary>
public enum PredictionFormat
{
    /// <summary>A table with a header line.</summary>
    Csv,

    /// <summary>A JSON object a line (https://jsonlines.org).</summary>
    Jsonl,

    /// <summary>A Parquet file: the class as a string, numbers as doubles.</summary>
    Parquet,
}

/// <summary>Predicts every row of a table, or every image of an IDX file or of a folder, a batch at a time: class, then one value per class; a probability per label; or the number.</summary>
public static class PredictionTable
{
    private static readonly string[] LinesOfJson = [".jsonl", ".ndjson"];

    /// <summary>How a file of this name is written.</summary>
    public static PredictionFormat FormatOf(string? path) =>
        LinesOfJson.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase) ? PredictionFormat.Jsonl
        : string.Equals(Path.GetExtension(path), ".parquet", StringComparison.OrdinalIgnoreCase) ? PredictionFormat.Parquet
        : PredictionFormat.Csv;

    /// <summary>Writes the predictions to a file, whole or not at all.</summary>
    /// <param name="model">The model.</param>
    /// <param name="input">What is to be predicted.</param>
    /// <param name="output">The file.</param>
    /// <param name="overwrite">Whether it may be there.</param>
    /// <param name="format">How it is written; null: as its name says.</param>
    /// <param name="explain">Whether each prediction comes with what its score is made of, which takes a linear model.</param>
    /// <exception cref="JobException">The input, the output or the model cannot be used; a bad cell is named by file and line. The output is
    /// the input or the model, or exists and may not be overwritten.</exception>
    public static PredictionReport Write(TrainedModel model, string input, string output, bool overwrite = false, PredictionFormat? format = null, bool explain = false)
    {
        using var file = new OutputFile(output, overwrite, [.. InputRows.Read(input), model.Name]);
        var report = Write(model, input, file.Content, format ?? FormatOf(output), explain);
        file.Finish();
        return report;
    }

    /// <summary>The same, to a stream.</summary>
    /// <inheritdoc cref="Write(TrainedModel, string, string, bool, PredictionFormat?, bool)" path="/param"/>
    public static PredictionReport Write(TrainedModel model, string input, Stream output, PredictionFormat format = PredictionFormat.Csv, bool explain = false)
    {
        using var predictor = new Predictor(model, explain);
        try
        {
            using var rows = InputRows.Of(model, input);
            var columns = new PredictionColumns(model, predictor, hasFiles: rows.Names is not null);
            using IPredictionWriter writer = format switch
            {
                PredictionFormat.Jsonl => new JsonPredictions(model, predictor, output),
                PredictionFormat.Parquet => new ParquetPredictions(model, columns, output),
                _ => new CsvPredictions(model, predictor, columns, output),
            };
            return Write(predictor, rows, Path.GetFileName(input), writer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) // the output's errors come as others
        {
            throw new JobException($"{input}: it cannot be read: {e.Message}");
        }
    }

    private static PredictionReport Write(Predictor predictor, InputRows input, string file, IPredictionWriter output)
    {
        var rows = 0L;
        foreach (var batch in input.Batches)
        {
            foreach (var prediction in predictor.Predict(batch))
            {
                output.Add(input.Names is null ? prediction : prediction with { Name = input.Names[(int)rows] });
                rows++;
            }
        }

        if (rows > 0)
        {
            output.Finish();
        }

        return rows > 0
            ? new PredictionReport(rows, input.Notes.Ignored, [.. input.Notes.Unseen.Select(u => u.Sentence)])
            : throw new JobException($"{file}: it has no rows: there is nothing to predict.");
    }
}
