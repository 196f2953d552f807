using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;

namespace Granary.Model.Prediction;

/// <summary>Rows of Parquet files, whose columns are matched by name, one row group at a time.</summary>
internal static class ParquetInputs
{
    /// <summary>Whether files are of Parquet: the first of them begins like one.</summary>
    public static bool Are(IReadOnlyList<string> paths)
    {
        // Not a pipe, whose length is 0: it cannot be read twice, and Parquet is read from its end.
        if (!StoredPath.Is(paths[0]) && (!File.Exists(paths[0]) || new FileInfo(File.ResolveLinkTarget(paths[0], returnFinalTarget: true)?.FullName ?? paths[0]) is not { Exists: true, Length: > 0 }))
        {
            return false;
        }

        using var file = JobFiles.OpenRead(paths[0]);
        return file.CanSeek && SourceHead.Of(file, Path.GetFileName(paths[0])).Peek(4) is [(byte)'P', (byte)'A', (byte)'R', (byte)'1'];
    }

    /// <summary>Opens them as they are asked for.</summary>
    /// <param name="model">A model whose features have names.</param>
    /// <param name="paths">Files.</param>
    /// <param name="rows">Rows in a batch.</param>
    /// <param name="gate">Is asked about them.</param>
    /// <exception cref="JobException">A file is none of Parquet, or a column is not there; a bad cell is named by file, row group and row.</exception>
    public static InputRows Of(TrainedModel model, IReadOnlyList<string> paths, int rows, RowGate gate)
    {
        var notes = new InputNotes();
        var tables = paths.Select(path => Match(model, ParquetTable.Open(path).GetAwaiter().GetResult(), notes)).GetEnumerator();
        tables.MoveNext(); // what is wrong with the first one is said at once
        return new InputRows(InputRows.InBatches(Rows(model, tables, notes, gate), rows), notes) { Open = tables };
    }

    private static (ParquetTable Table, IReadOnlyList<int> Places) Match(TrainedModel model, ParquetTable table, InputNotes notes)
    {
        try
        {
            var columns = InputColumns.Match(model.Facts.Inputs, table.Columns, table.Name, delimiter: null);
            notes.Ignored.AddRange(columns.Ignored.Except(notes.Ignored));
            return (table, columns.Places);
        }
        catch
        {
            table.DisposeAsync().AsTask().GetAwaiter().GetResult();
            throw;
        }
    }

    private static IEnumerable<double[]> Rows(TrainedModel model, IEnumerator<(ParquetTable Table, IReadOnlyList<int> Places)> tables, InputNotes notes, RowGate gate)
    {
        using (tables)
        {
            do
            {
                var (table, places) = tables.Current;
                try
                {
                    foreach (var features in table.Groups.Where(group => !gate.Skips(table.Rows(group)))
                        .SelectMany(group => model.Facts.Table is { } described ? Described(new RowEncoder(model, described, notes), table, group, places, gate) : Numbers(model, table, group, places, gate)))
                    {
                        yield return features;
                    }
                }
                finally
                {
                    table.DisposeAsync().AsTask().GetAwaiter().GetResult();
                }
            }
            while (tables.MoveNext());
        }
    }

    private static IEnumerable<double[]> Described(RowEncoder encoder, ParquetTable table, int group, IReadOnlyList<int> places, RowGate gate)
    {
        var cells = table.Cells(group, places, encoder.Readers).GetAwaiter().GetResult();
        for (var row = 0; row < table.Rows(group); row++)
        {
            if (!gate.Passes())
            {
                continue;
            }

            var at = row;
            JobException Error(string what) => new($"{table.Name}: row group {group}, row {at}: {what}.");
            yield return encoder.Encode((c, reader) => cells[c].Number(at, reader, Error), (c, reader) => reader.Text(cells[c].Text(at), Error));
        }
    }

    private static IEnumerable<double[]> Numbers(TrainedModel model, ParquetTable table, int group, IReadOnlyList<int> places, RowGate gate)
    {
        var columns = table.Numbers(group, places, TextRows.Missing(model)).GetAwaiter().GetResult();
        for (var row = 0; row < table.Rows(group); row++)
        {
            if (gate.Passes())
            {
                yield return [.. columns.Select((c, f) => double.IsNaN(c[row]) ? model.Facts.Fill![f] : c[row])];
            }
        }
    }
}
