using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;

namespace Granary.Model.Prediction;

/// <summary>What is to be predicted, without labels, in batches that the model's features alone bound.</summary>
/// <param name="Batches">[B, D] each, row by row as the source has them, missing values filled in; read as they are asked for.</param>
/// <param name="Ignored">Columns that the model does not know.</param>
internal sealed record InputRows(IEnumerable<double[]> Batches, IReadOnlyList<string> Ignored) : IDisposable
{
    private const int MostRows = 1024;
    private const int MostNumbers = 1 << 22;
    private const int PartBytes = 1 << 24;

    private Stream? _open;

    /// <summary>Opens the images of an IDX file for a model of images, the rows of a CSV file for one whose features have names.</summary>
    /// <exception cref="JobException">The file is not what the model needs.</exception>
    public static InputRows Of(TrainedModel model, string path)
    {
        var rows = Math.Clamp(MostNumbers / model.Facts.Shape.Features, 1, MostRows);
        return model.Data.Format == DataFormat.Idx ? Images(model, path, rows)
            : model.Facts.Columns.Count > 0 ? Table(model, path, rows)
            : throw new JobException($"{model.Name}: it was trained on {Kebab.Name(model.Data.Format)}, whose features have no names; "
                + "predict matches the columns of a CSV file by name.");
    }

    private static InputRows Images(TrainedModel model, string path, int rows)
    {
        var name = Path.GetFileName(path);
        var stream = SourceFile.Open(path);
        try
        {
            var (count, image) = IdxFile.Images(stream, name);
            var size = IdxFile.Size(image);
            return size == model.Facts.Shape.Features
                ? new InputRows(IdxFile.Batches(stream, name, count, size, rows).Select(b => Array.ConvertAll(b, IdxFile.Value)), []) { _open = stream }
                : throw new JobException($"{name}: its images have {IdxFile.Describe(image)} pixels, {size} in all, but {model.Name} was trained on "
                    + $"images of {model.Facts.Shape.Features}.");
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static InputRows Table(TrainedModel model, string path, int rows)
    {
        var delimiter = model.Data.Delimiter[0];
        var file = Path.GetFileName(path);
        var first = FileLines.First(path);
        var header = first.Trim().Length > 0
            ? CsvRows.Header(first, delimiter)
            : throw new JobException($"{file}:1: the header line is empty: the first line must name the columns.");
        var columns = InputColumns.Match(model.Facts.Columns, header, file);
        var cells = FileLines.Below(path, PartBytes).SelectMany(part => Rows(new CsvRows(part, delimiter), header, columns, model));
        return new InputRows(cells.Chunk(rows).Select(batch => batch.SelectMany(row => row).ToArray()), columns.Ignored);
    }

    private static IEnumerable<double[]> Rows(CsvRows rows, string[] header, InputColumns columns, TrainedModel model)
    {
        var missing = new MissingCells(model.Data with { Missing = model.Facts.Fill is null ? MissingValues.Refuse : MissingValues.Mean });
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

    /// <inheritdoc/>
    public void Dispose() => _open?.Dispose();
}
