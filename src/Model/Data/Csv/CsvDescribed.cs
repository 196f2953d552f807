using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Reads CSV rows whose columns a job describes.</summary>
internal static class CsvDescribed
{
    /// <summary>All rows of a shard's lines.</summary>
    /// <param name="parts">The lines.</param>
    /// <param name="columns">Which cell is what.</param>
    /// <param name="data">How the files are written, and what the columns are.</param>
    /// <param name="path">The source, to be searched for more rows like the one that is refused.</param>
    /// <param name="areDealt">Whether the lines were dealt to the shards one by one.</param>
    /// <exception cref="JobException">File and line of the first thing wrong.</exception>
    public static DescribedSource Read(IReadOnlyList<LinePart> parts, TableColumns columns, DataSection data, string path, bool areDealt)
    {
        string[] names = [.. columns.Features.Select(f => columns.Names[f])];
        ColumnSection[] sections = [.. names.Select(n => ColumnKinds.Section(data, n))];
        var (cells, into) = (CellReader.Of(names, sections, data), new DescribedRows(columns, sections, data));
        foreach (var part in parts)
        {
            Add(part, columns, data, cells, into, path);
        }

        return into.Done(areDealt);
    }

    private static void Add(LinePart part, TableColumns columns, DataSection data, CellReader[] cells, DescribedRows into, string path)
    {
        var (rows, missing) = (new CsvRows(part, data.Delimiter[0]), new MissingCells(data));
        var refusals = new CsvRefusals(missing, (column, isMeant) => CsvCells.Find(data.Delimiter[0], path, column, isMeant));
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

            for (var i = 0; i < columns.ExtraNumbers.Count; i++)
            {
                into.ExtraNumber(i, CsvSource.ExtraNumber(rows, columns, i, missing));
            }

            if (columns.SplitBy is { } split)
            {
                into.Split(split.Read(rows.Text(columns.Split), error));
            }

            for (var c = 0; c < cells.Length; c++)
            {
                var at = columns.Features[c];
                var text = rows.Field(at).Trim();
                if (!cells[c].IsText)
                {
                    into.Add(cells[c].Number(text, error));
                }
                else if (cells[c].IsPlain(text)) // the usual cell needs no text of its own
                {
                    into.Add(c, text);
                }
                else
                {
                    into.Add(c, cells[c].Text(rows.Text(at), error));
                }
            }

            into.End();
        }
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
