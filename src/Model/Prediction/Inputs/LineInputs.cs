using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;

namespace Granary.Model.Prediction;

/// <summary>Rows of CSV files, whose columns are matched by name, or lines of JSON, each an object with a value for each column; the first line tells which.</summary>
internal static class LineInputs
{
    private const int PartBytes = 1 << 24;

    /// <summary>Opens files. Each is opened once, so that it may be a pipe: the lines after its first one are read on from there.</summary>
    /// <param name="model">A model whose features have names.</param>
    /// <param name="paths">Files.</param>
    /// <param name="rows">Rows in a batch.</param>
    /// <param name="gate">Is asked about them.</param>
    /// <exception cref="JobException">A column is not there, or all files are empty.</exception>
    public static InputRows Of(TrainedModel model, IReadOnlyList<string> paths, int rows, RowGate gate)
    {
        var (notes, at) = (new InputNotes(), 0);
        (IDisposable Lines, IEnumerable<double[]> Rows)? first = null;
        for (; at < paths.Count && first is null; at++)
        {
            first = Open(model, paths[at], notes, gate, mayBeEmpty: paths.Count > 1);
        }

        var (lines, cells) = first ?? throw new JobException($"{Path.GetFileName(paths[0])} and the {Plural.Of(paths.Count - 1, "file")} read with it are empty.");
        cells = cells.Concat(paths.Skip(at).SelectMany(path => Open(model, path, notes, gate, mayBeEmpty: true)?.Rows ?? []));
        return new InputRows(InputRows.InBatches(cells, rows), notes) { Open = lines };
    }

    // Null where the file has no byte, as programs write one where there is nothing for it.
    private static (IDisposable Lines, IEnumerable<double[]> Rows)? Open(TrainedModel model, string path, InputNotes notes, RowGate gate, bool mayBeEmpty)
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

            if (first?.TrimStart().StartsWith('{') == true)
            {
                return (lines, JsonLines.Rows(lines, file, first, model, notes, gate));
            }

            var header = first?.Trim().Length > 0
                ? CsvRows.Header(first, delimiter)
                : throw new JobException($"{file}:1: the header line is empty: the first line must name the columns.");
            var columns = InputColumns.Match(model.Facts.Inputs, header, $"{file}:1", model.Data.Delimiter);
            notes.Ignored.AddRange(columns.Ignored.Except(notes.Ignored));
            return (lines, Below(lines, file, header, columns, model, notes, gate));
        }
        catch
        {
            lines.Dispose();
            throw;
        }
    }

    private static IEnumerable<double[]> Below(
        IEnumerator<(long Number, ReadOnlyMemory<byte> Line)> lines, string file, string[] header, InputColumns columns, TrainedModel model, InputNotes notes, RowGate gate)
    {
        using (lines)
        {
            foreach (var row in FileLines.Rest(lines, file, PartBytes).SelectMany(part => Rows(new CsvRows(part, model.Data.Delimiter[0]), header, columns, model, notes, gate)))
            {
                yield return row;
            }
        }
    }

    private static IEnumerable<double[]> Rows(CsvRows rows, string[] header, InputColumns columns, TrainedModel model, InputNotes notes, RowGate gate)
    {
        var texts = new TextRows(model, notes);
        ReadOnlySpan<char> Cell(int column) => rows.Field(columns.Places[column]).Trim();
        string Text(int column) => rows.Text(columns.Places[column]);
        string Place() => rows.Place;
        while (rows.Read())
        {
            if (!gate.Passes())
            {
                continue;
            }

            if (rows.FieldCount != header.Length)
            {
                throw rows.Error($"{rows.FieldCount} cells, but the header has {header.Length}");
            }

            yield return texts.Features(Cell, Text, Place);
        }
    }
}
