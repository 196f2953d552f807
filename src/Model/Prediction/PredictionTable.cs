using System.Globalization;
using System.Text;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;

namespace Granary.Model.Prediction;

/// <summary>What was predicted.</summary>
/// <param name="Rows">Rows of the input.</param>
/// <param name="Ignored">Columns of the input that the model does not know.</param>
public sealed record PredictionReport(long Rows, IReadOnlyList<string> Ignored);

/// <summary>Predicts every row of a CSV file, a batch at a time: class, then one value per class.</summary>
public static class PredictionTable
{
    private const int Batch = 1024;
    private const long PartBytes = 1 << 24;

    /// <summary>Writes the predictions to a file, whole or not at all.</summary>
    /// <exception cref="JobException">The input, the output or the model cannot be used; a bad cell is named by file and line.</exception>
    public static PredictionReport Write(TrainedModel model, string input, string output)
    {
        PredictionReport? report = null;
        WholeFile.WriteFor(output, file => report = Write(model, input, file));
        return report!;
    }

    /// <summary>The same, to a stream.</summary>
    public static PredictionReport Write(TrainedModel model, string input, Stream output)
    {
        using var predictor = new Predictor(model);
        if (model.Facts.Columns.Count == 0)
        {
            throw new JobException($"{model.Name}: it was trained on {Kebab.Name(model.Data.Format)}, whose features have no names; "
                + "predict matches the columns of a CSV file by name.");
        }

        if (Directory.Exists(input))
        {
            throw new JobException($"{input}: this is a folder, not a CSV file.");
        }

        try
        {
            using var writer = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
            return Write(model, predictor, input, writer);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw new JobException($"{input}: it cannot be read: {e.Message}");
        }
    }

    private static PredictionReport Write(TrainedModel model, Predictor predictor, string input, TextWriter output)
    {
        // Part by part: a file larger than memory is no reason to fail.
        var parts = (int)Math.Max(1, new FileInfo(input).Length / PartBytes);
        var rows = 0L;
        IReadOnlyList<string> ignored = [];
        for (var part = 0; part < parts; part++)
        {
            var delimiter = model.Data.Delimiter;
            var lines = ShardLines.Read(new SourcePart(input, null, part, parts), header: true, " \t\r".Replace(delimiter, "", StringComparison.Ordinal));
            var (file, text) = lines.Headers[0];
            var header = text.Trim().Length > 0
                ? CsvRows.Header(text, delimiter[0])
                : throw new JobException($"{file}:1: the header line is empty: the first line must name the columns.");
            var columns = InputColumns.Match(model.Facts.Columns, header, file);
            ignored = columns.Ignored;
            if (part == 0)
            {
                // Not before the columns are known to match: nothing is written of a table that cannot be.
                output.WriteLine(string.Join(',', model.Facts.Classes
                    .Select(c => Cell((predictor.GivesProbabilities ? "probability." : "output.") + c)).Prepend("class")));
            }

            foreach (var batch in lines.Parts.SelectMany(p => Rows(new CsvRows(p, delimiter[0]), header, columns, model)).Chunk(Batch))
            {
                foreach (var prediction in predictor.Predict([.. batch.SelectMany(row => row)]))
                {
                    output.WriteLine(string.Join(',', prediction.Values
                        .Select(v => v.ToString("G9", CultureInfo.InvariantCulture)).Prepend(Cell(model.Facts.Classes[prediction.Class]))));
                    rows++;
                }
            }
        }

        return rows > 0
            ? new PredictionReport(rows, ignored)
            : throw new JobException($"{Path.GetFileName(input)}: it has no rows: there is nothing to predict.");
    }

    private static IEnumerable<double[]> Rows(CsvRows rows, string[] header, InputColumns columns, TrainedModel model)
    {
        var missing = model.Facts.Fill is null ? MissingValues.Refuse : MissingValues.Mean;
        while (rows.Read())
        {
            if (rows.FieldCount != header.Length)
            {
                throw rows.Error($"{rows.FieldCount} cells, but the header has {header.Length}");
            }

            yield return [.. columns.Places.Select((c, f) => Filled(CsvSource.Number(rows, c, header[c], missing), f, model.Facts.Fill))];
        }
    }

    private static double Filled(double x, int feature, double[]? fill) => double.IsNaN(x) && fill is not null ? fill[feature] : x;

    private static string Cell(string text) =>
        text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
