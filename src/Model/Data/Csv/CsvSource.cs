using System.Globalization;
using Granary.Jobs;
using Granary.Model.Data.Cache;

namespace Granary.Model.Data;

/// <summary>CSV files: numeric features, and a label that may be a number or a name, or is the number to be predicted.</summary>
internal static class CsvSource
{
    /// <summary>Reads this shard's rows: out of the cache, where what it has is what the files hold, else line by line.</summary>
    /// <param name="part">Which part.</param>
    /// <param name="data">How the files are written.</param>
    /// <param name="features">Columns to be read, by name; null: all that the job leaves.</param>
    /// <param name="use">Threads and cache.</param>
    /// <param name="split">The column by which rows are held out; null: none, or nobody asks.</param>
    public static TableSource Read(SourcePart part, DataSection data, IReadOnlyList<string>? features = null, ReadingMeans? use = null, SplitColumn? split = null)
    {
        use ??= ReadingMeans.None;
        var (files, source, columns) = Open(part, data, features, split);
        var place = data.Cache ? use.Cache?.Place(part, data, files, source, columns) : null;
        if (place?.Find() is { } found)
        {
            return TableSource.Of(columns, found.Rows, found.Names, found.Labels, !source.IsCut);
        }

        return place is not null && Filling(place) is { } filled ? filled : InMemory();

        TableSource? Filling(CachePlace place) => place.Fill(columns.Numbers, sink =>
            CsvReading.Run(source.Lines(), columns, data, sink, use.Helpers)) is { } made
            ? TableSource.Of(columns, made.Rows, made.Names, made.Labels, !source.IsCut)
            : null;

        TableSource InMemory()
        {
            var sink = new MemorySink(columns.Numbers);
            if (CsvReading.Run(source.Lines(), columns, data, sink, use.Helpers) is { } read)
            {
                var (rows, labels) = sink.Done();
                return TableSource.Of(columns, rows, read.Labels, labels, !source.IsCut);
            }

            return RowByRow(source.Lines(), columns, data, part.Path, !source.IsCut);
        }
    }

    /// <summary>The same of columns that the job describes. They are not kept in the cache.</summary>
    public static DescribedSource ReadDescribed(SourcePart part, DataSection data, IReadOnlyList<string>? features = null, ReadingMeans? use = null, SplitColumn? split = null)
    {
        var (_, source, columns) = Open(part, data, features, split);
        var lines = source.Lines();
        return CsvDescribed.Read(use?.Head is { } head && source.IsCut ? [.. lines.Select(l => l.Head(head))] : lines, columns, data, part.Path, !source.IsCut, use?.Helpers);
    }

    private static (IReadOnlyList<string> Files, CsvLines Source, TableColumns Columns) Open(SourcePart part, DataSection data, IReadOnlyList<string>? features, SplitColumn? split)
    {
        var files = DataFiles.Expand(part.Path);
        var source = files.All(SourceFile.IsCut) ? CutSource(part, files) : DealtSource(part, data, files);
        return source.Headers.Count > 0
            ? (files, source, CsvHeader.Read(part.Path, source.Headers, data, features) with { SplitBy = split })
            : throw new JobException($"{part.Name}: it is empty. The first line must name the columns.");
    }

    private static CsvLines CutSource(SourcePart part, IReadOnlyList<string> files)
    {
        var lines = ByteRangeSplit.Read(part, files, header: true);
        return new CsvLines(lines.Headers, lines.Parts.Sum(p => p.Length), () => LineChunks.HashOf(lines.Parts), () => lines.Parts) { IsCut = true };
    }

    private static CsvLines DealtSource(SourcePart part, DataSection data, IReadOnlyList<string> files)
    {
        return new CsvLines(
            [.. files.Select(f => (Path.GetFileName(f), FileLines.First(f))).Where(h => h.Item2 is not null).Select(h => (h.Item1, h.Item2!))],
            files.Sum(JobFiles.Length),
            () => LineChunks.HashOf([.. files.Select(f => new LinePart(f, JobFiles.Length(f), () => JobFiles.OpenRead(f), line => line))]),
            () => RoundRobinSplit.Read(part, files, header: true, CsvLineRows.Of(data.Delimiter[0]), ShardLimit.Most).Parts);
    }

    /// <summary>The plain way, which has the messages: one row after another.</summary>
    /// <param name="parts">The shard's lines.</param>
    /// <param name="columns">Which cell is what.</param>
    /// <param name="data">How the files are written.</param>
    /// <param name="path">The source, to be searched for more rows like the one that is refused; null: it is not.</param>
    /// <param name="areDealt">Whether the lines were dealt to the shards one by one.</param>
    /// <exception cref="JobException">File and line of the first thing wrong.</exception>
    internal static TableSource RowByRow(IReadOnlyList<LinePart> parts, TableColumns columns, DataSection data, string? path = null, bool areDealt = false)
    {
        var (rows, sink) = (new RowBuffer(), new MemorySink(columns.Numbers));
        foreach (var part in parts)
        {
            rows.Clear();
            Add(part, columns, data, rows, path);
            sink.Append(rows.Values, rows.Labels);
        }

        var (numbers, labels) = sink.Done();
        return TableSource.Of(columns, numbers, rows.Names, labels, areDealt);
    }

    internal static void Add(LinePart part, TableColumns columns, DataSection data, RowBuffer into, string? path = null)
    {
        var (rows, missing) = (new CsvRows(part, data.Delimiter[0]), new MissingCells(data));
        var refusals = new CsvRefusals(missing, path is null ? null : (column, isMeant) => CsvCells.Find(data.Delimiter[0], path, column, isMeant));
        while (rows.Read())
        {
            if (rows.FieldCount != columns.Names.Length)
            {
                throw rows.Error($"{rows.FieldCount} cells, but the header has {columns.Names.Length}");
            }

            if (data.HasClasses)
            {
                into.Label(Label(rows, columns, data, missing, refusals));
            }
            else
            {
                into.NoLabel();
            }

            var values = into.Next(columns.Numbers);
            for (var i = 0; i < columns.ExtraNumbers.Count; i++)
            {
                values[columns.Features.Length + i] = ExtraNumber(rows, columns, i, missing);
            }

            if (columns.SplitBy is { } split)
            {
                values[^1] = split.Read(rows.Text(columns.Split), rows.Error);
            }

            for (var f = 0; f < columns.Features.Length; f++)
            {
                values[f] = Number(rows, columns.Features[f], columns.Names[columns.Features[f]], missing, refusals);
            }
        }
    }

    internal static string Label(CsvRows rows, TableColumns columns, DataSection data, MissingCells missing, CsvRefusals refusals)
    {
        var label = rows.Text(columns.Label);
        return missing.IsNoLabel(label) ? throw refusals.OfLabel(rows, data.Label!, label) : label;
    }

    /// <summary>A number that stands behind the features, in the present row.</summary>
    internal static double ExtraNumber(CsvRows rows, TableColumns columns, int i, MissingCells missing)
    {
        var column = columns.ExtraNumbers[i];
        return column.Read(columns.Names[column.Column], rows.Text(column.Column), missing, rows.Error);
    }

    private static double Number(CsvRows rows, int column, string name, MissingCells missing, CsvRefusals refusals)
    {
        var text = rows.Field(column).Trim();
        return Number(text, missing) ?? throw refusals.OfFeature(rows.Place, name, text.ToString());
    }

    /// <summary>A feature's cell, trimmed; NaN where it is missing and is filled in; null where it cannot be used.</summary>
    internal static double? Number(ReadOnlySpan<char> text, MissingCells missing)
    {
        var isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value);
        return isNumber && double.IsFinite(value) && !missing.Has(value) ? value
            : missing.AreFilled && (missing.Has(text) || (isNumber && missing.Has(value))) ? double.NaN
            : null;
    }
}

/// <summary>A shard's lines of CSV files, of which no more than the headers has been read.</summary>
/// <param name="Headers">Every file's name and first line.</param>
/// <param name="Bytes">How much has to be read for them.</param>
/// <param name="Hash">Reads that much, and hashes it.</param>
/// <param name="Lines">The lines below the headers.</param>
internal sealed record CsvLines(
    IReadOnlyList<(string File, string Text)> Headers, long Bytes, Func<UInt128> Hash, Func<IReadOnlyList<LinePart>> Lines)
{
    /// <summary>Whether the hash is that of the lines themselves, as it is when files are cut; else it is that of whole files.</summary>
    public bool IsCut { get; init; }
}
