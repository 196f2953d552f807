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

    private IDisposable? _open;

    /// <summary>Opens the images of an IDX file for a model of images, the rows of CSV files for one whose features have names.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">A file, which may be a pipe or "-", standard input; of CSV also a folder or a glob.</param>
    /// <exception cref="JobException">The file is not what the model needs.</exception>
    public static InputRows Of(TrainedModel model, string path)
    {
        var rows = Math.Clamp(MostNumbers / model.Facts.Shape.Features, 1, MostRows);
        return FormatCatalogue.Find(model.Data)?.Inputs(model, path, rows) is { } inputs ? inputs
            : model.Facts.Columns.Count > 0 ? Table(model, Files(path), rows)
            : throw new JobException($"{model.Name}: it was trained on {model.Data.Format}, whose features have no names; "
                + "predict matches the columns of a CSV file by name.");
    }

    /// <summary>The files that a path stands for.</summary>
    /// <exception cref="JobException">It is a folder or a glob without any.</exception>
    public static IReadOnlyList<string> Read(string path) => path == SourceFile.StandardInput ? ["/dev/stdin"] : Files(path);

    private static IReadOnlyList<string> Files(string path) => path == SourceFile.StandardInput || !DataFiles.IsSeveral(path) ? [path]
        : DataFiles.Refusal(path, isTable: false) is { } refusal ? throw new JobException(refusal)
        : DataFiles.Expand(path);

    internal static InputRows Images(TrainedModel model, string path, int rows)
    {
        var name = Path.GetFileName(path);
        var stream = SourceFile.OpenBytes(path);
        try
        {
            var header = IdxFile.Images(stream, name);
            IdxFile.RequireScale(name, header.TypeName, model.Facts.PixelType, $"{model.Name} was trained on");
            return header.Elements == model.Facts.Shape.Features
                ? new InputRows(IdxFile.Batches(stream, name, header, rows).Select(b => Numbers(b, header)), []) { _open = stream }
                : throw new JobException($"{name}: its images have {header.Shape} pixels, {header.Elements} in all, but {model.Name} was trained on "
                    + $"images of {model.Facts.Shape.Features}.");
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static double[] Numbers(byte[] records, IdxHeader header)
    {
        var numbers = new double[records.Length / IdxValues.Bytes(header.Type)];
        IdxValues.Features(records, header.Type, numbers);
        return numbers;
    }

    // A file is opened once, so that it may be a pipe: the lines below its header are read on from there.
    private static InputRows Table(TrainedModel model, IReadOnlyList<string> paths, int rows)
    {
        var (ignored, at) = (new List<string>(), 0);
        (IDisposable Lines, IEnumerable<double[]> Rows)? first = null;
        for (; at < paths.Count && first is null; at++)
        {
            first = Open(model, paths[at], ignored, mayBeEmpty: paths.Count > 1);
        }

        var (lines, cells) = first ?? throw new JobException($"{Path.GetFileName(paths[0])} and the {Plural.Of(paths.Count - 1, "file")} read with it are empty.");
        cells = cells.Concat(paths.Skip(at).SelectMany(path => Open(model, path, ignored, mayBeEmpty: true)?.Rows ?? []));
        return new InputRows(cells.Chunk(rows).Select(batch => batch.SelectMany(row => row).ToArray()), ignored) { _open = lines };
    }

    // Null where the file has no byte, as programs write one where there is nothing for it.
    private static (IDisposable Lines, IEnumerable<double[]> Rows)? Open(TrainedModel model, string path, List<string> ignored, bool mayBeEmpty)
    {
        var (delimiter, file) = (model.Data.Delimiter[0], Path.GetFileName(path));
        var lines = FileLines.Read(path).GetEnumerator();
        try
        {
            var first = FileLines.First(lines, file);
            if (first is null && mayBeEmpty)
            {
                lines.Dispose();
                return null;
            }

            var header = first?.Trim().Length > 0
                ? CsvRows.Header(first, delimiter)
                : throw new JobException($"{file}:1: the header line is empty: the first line must name the columns.");
            var columns = InputColumns.Match(model.Facts.Inputs, header, file, model.Data.Delimiter);
            ignored.AddRange(columns.Ignored.Except(ignored));
            return (lines, Below(lines, file, header, columns, model));
        }
        catch
        {
            lines.Dispose();
            throw;
        }
    }

    private static IEnumerable<double[]> Below(
        IEnumerator<(long Number, ReadOnlyMemory<byte> Line)> lines, string file, string[] header, InputColumns columns, TrainedModel model)
    {
        using (lines)
        {
            foreach (var row in FileLines.Rest(lines, file, PartBytes).SelectMany(part => Rows(new CsvRows(part, model.Data.Delimiter[0]), header, columns, model)))
            {
                yield return row;
            }
        }
    }

    private static IEnumerable<double[]> Rows(CsvRows rows, string[] header, InputColumns columns, TrainedModel model)
    {
        var encoder = model.Facts.Table is { } table ? new RowEncoder(model, table) : null;
        var missing = new MissingCells(model.Data with { Missing = model.Facts.Fill is null ? MissingValues.Refuse : MissingValues.Mean });
        var refusals = new CsvRefusals(missing);
        while (rows.Read())
        {
            if (rows.FieldCount != header.Length)
            {
                throw rows.Error($"{rows.FieldCount} cells, but the header has {header.Length}");
            }

            yield return encoder?.Encode(c => rows.Text(columns.Places[c]), rows.Error) ?? [.. columns.Places.Select((c, f) => Filled(CsvSource.Number(rows, c, header[c], missing, refusals), f, model.Facts.Fill))];
        }
    }

    private static double Filled(double x, int feature, double[]? fill) => double.IsNaN(x) && fill is not null ? fill[feature] : x;

    /// <inheritdoc/>
    public void Dispose() => _open?.Dispose();
}
