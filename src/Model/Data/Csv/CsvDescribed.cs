using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Reads CSV rows whose columns a job describes.</summary>
internal static class CsvDescribed
{
    /// <summary>All rows of a shard's lines: chunk by chunk on the threads that are free, and row by row where there is something to be said of one.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="columns">Which cell is what.</param>
    /// <param name="data">How the files are written, and what the columns are.</param>
    /// <param name="path">The source, to be searched for more rows like the one that is refused.</param>
    /// <param name="areDealt">Whether the lines were dealt to the shards one by one.</param>
    /// <param name="helpers">Other threads.</param>
    /// <param name="chunk">Bytes of a chunk, about.</param>
    /// <exception cref="JobException">File and line of the first thing wrong.</exception>
    public static DescribedSource Read(
        IReadOnlyList<LinePart> lines, TableColumns columns, DataSection data, string path, bool areDealt, IReadingHelpers? helpers = null, int chunk = LineChunks.Usual) =>
        InChunks(lines, columns, data, areDealt, helpers, chunk) ?? RowByRow(lines, columns, data, path, areDealt);

    /// <summary>The quick way, which says nothing; null: a row has to be looked at more closely.</summary>
    internal static DescribedSource? InChunks(IReadOnlyList<LinePart> lines, TableColumns columns, DataSection data, bool areDealt, IReadingHelpers? helpers, int chunk)
    {
        var (sections, cells) = Described(columns, data);
        var into = new DescribedRows(columns, sections, data);
        return CsvReading.Run(lines, columns, data, into, helpers, chunk, cells) is { } read ? into.Done(read.Labels, areDealt) : null;
    }

    /// <summary>The plain way, which has the messages.</summary>
    internal static DescribedSource RowByRow(IReadOnlyList<LinePart> lines, TableColumns columns, DataSection data, string? path, bool areDealt)
    {
        var (sections, cells) = Described(columns, data);
        var into = new DescribedRows(columns, sections, data);
        var rows = into.Buffer();
        foreach (var part in lines)
        {
            Add(part, columns, data, cells, rows, path, () => into.Take(rows));
        }

        return into.Done(rows.Names, areDealt);
    }

    private static (ColumnSection[] Sections, CellReader[] Cells) Described(TableColumns columns, DataSection data)
    {
        string[] names = [.. columns.Features.Select(f => columns.Names[f])];
        ColumnSection[] sections = [.. names.Select(n => ColumnKinds.Section(data, n))];
        return (sections, CellReader.Of(names, sections, data));
    }

    /// <summary>Reads lines row by row.</summary>
    /// <param name="part">The lines.</param>
    /// <param name="columns">Which cell is what.</param>
    /// <param name="data">How the file is written.</param>
    /// <param name="cells">Readers of the feature columns.</param>
    /// <param name="into">Receives the rows, and has the texts.</param>
    /// <param name="path">As there; null: nobody asks for the message.</param>
    /// <param name="taken">Takes the rows from where they are received, now and then and at the end; null: they stay there.</param>
    internal static void Add(LinePart part, TableColumns columns, DataSection data, CellReader[] cells, RowBuffer into, string? path = null, Action? taken = null)
    {
        var (rows, missing) = (new CsvRows(part, data.Delimiter[0]), new MissingCells(data));
        var refusals = new CsvRefusals(missing, path is null ? null : (column, isMeant) => CsvCells.Find(data.Delimiter[0], path, column, isMeant));
        Func<string, JobException> error = rows.Error;
        while (rows.Read())
        {
            if (rows.FieldCount != columns.Names.Length)
            {
                throw rows.Error($"{rows.FieldCount} cells, but the header has {columns.Names.Length}");
            }

            if (data.HasClasses)
            {
                into.Label(CsvSource.Label(rows, columns, data, missing, refusals));
            }
            else
            {
                into.NoLabel();
            }

            var values = into.Next(columns.Numbers);
            for (var i = 0; i < columns.ExtraNumbers.Count; i++)
            {
                values[columns.Features.Length + i] = CsvSource.ExtraNumber(rows, columns, i, missing);
            }

            if (columns.Split >= 0)
            {
                values[^1] = columns.SplitBy?.Read(rows.Text(columns.Split), error) ?? double.NaN;
            }

            for (var c = 0; c < cells.Length; c++)
            {
                values[c] = Cell(rows, columns.Features[c], cells[c], into.Texts[c], error);
            }

            if (into.Count == DescribedRows.TakenAtOnce)
            {
                taken?.Invoke();
            }
        }

        taken?.Invoke();
    }

    private static double Cell(CsvRows rows, int column, CellReader cell, LabelNames? names, Func<string, JobException> error)
    {
        var text = rows.Field(column).Trim();
        return names is null ? cell.Number(text, error)
            : cell.IsPlain(text) ? names.Of(text) // the usual cell needs no text of its own
            : cell.Text(rows.Text(column), error) is { } own ? names.Of(own)
            : double.NaN;
    }

    /// <summary>What the columns look like by the first rows of the first file.</summary>
    /// <param name="data">How the files are written.</param>
    public static ColumnsSection Infer(DataSection data)
    {
        var file = DataFiles.Expand(data.Path)[0];
        var name = Path.GetFileName(file);
        using var lines = FileLines.Read(file).GetEnumerator();
        var header = FileLines.First(lines, name) ?? throw new JobException($"{name}: it is empty. The first line must name the columns.");
        var columns = CsvHeader.Read(data.Path, [(name, header)], data);
        var inference = new ColumnInference([.. columns.Features.Select(f => columns.Names[f])], data);
        var rows = new CsvRows(FileLines.Rest(Head(lines), name, int.MaxValue).First(), data.Delimiter[0]);
        while (rows.Read())
        {
            if (rows.FieldCount == columns.Names.Length)
            {
                inference.Add([.. columns.Features.Select(rows.Text)]);
            }
        }

        return inference.Columns;
    }

    private static IEnumerator<(long Number, ReadOnlyMemory<byte> Line)> Head(IEnumerator<(long Number, ReadOnlyMemory<byte> Line)> lines)
    {
        for (var row = 0; row < ColumnInference.Rows && lines.MoveNext(); row++)
        {
            yield return lines.Current;
        }
    }
}
