using Granary.Jobs;
using Parquet;
using Parquet.Schema;

namespace Granary.Model.Data;

/// <summary>One Parquet file, its footer read.</summary>
internal sealed class ParquetTable : IAsyncDisposable
{
    // Decimals may have more digits than .NET's own.
    private static readonly ParquetOptions Options = new() { UseBigDecimal = true };

    private readonly ParquetReader _reader;

    private ParquetTable(string name, ParquetReader reader)
    {
        (Name, _reader) = (name, reader);
        Columns = [.. reader.Schema.Fields.Select(f => f.Name)];
        Groups = [.. Enumerable.Range(0, reader.RowGroupCount).Where(g => reader.RowGroups[g].RowCount != 0)];
    }

    /// <summary>The file's name, for messages.</summary>
    public string Name { get; }

    /// <summary>Names of the columns, nested ones by the outermost.</summary>
    public string[] Columns { get; }

    /// <summary>The row groups that have rows, from 0.</summary>
    public int[] Groups { get; }

    /// <summary>Rows of a row group.</summary>
    public long Rows(int group) => _reader.RowGroups[group].RowCount;

    /// <exception cref="JobException">It is no Parquet file.</exception>
    public static Task<ParquetTable> Open(string path) => Guard(Path.GetFileName(path), async () =>
    {
        RequireParquet(path);
        var reader = await ParquetReader.CreateAsync(JobFiles.OpenRead(path), Options, leaveStreamOpen: false);
        try
        {
            return new ParquetTable(Path.GetFileName(path), reader);
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }
    });

    private static void RequireParquet(string path)
    {
        using var file = SourceHead.Of(JobFiles.OpenRead(path), Path.GetFileName(path));
        var head = file.Peek(FileSignature.Enough);
        if (!head.StartsWith("PAR1"u8))
        {
            throw NoParquet(head, file.Name);
        }
    }

    private static Exception NoParquet(ReadOnlySpan<byte> head, string name) => head.IsEmpty ? new InvalidDataException("it is empty.")
        : head.StartsWith("PARE"u8) ? new JobException($"{name}: its footer is encrypted. Write it without encryption.")
        : head is [0x1f, 0x8b, ..] ? new JobException($"{name}: this is packed by gzip. Unpack it: Parquet has compression of its own.")
        : FileSignature.Describe(head) is { } other ? new JobException($"{name}: {other}")
        : new InvalidDataException("it does not begin with PAR1.");

    /// <summary>A row group's features, row after row and NaN where one is missing, with the numbers that stand behind them, and last what the row is held out by; and its labels.</summary>
    /// <exception cref="JobException">File, row group and column of what cannot be used.</exception>
    public Task<(double[] Values, string[] Labels)> Read(int group, TableColumns columns, DataSection data, MissingCells missing) => Guard(Name, async () =>
    {
        using var rows = _reader.OpenRowGroupReader(group);
        var (label, width) = (columns.Label, columns.Numbers);
        string[] labels = !data.HasClasses ? [] : await ParquetColumn.Labels(rows, Field(group, label), Place(group, label), missing);
        if (Rows(group) * width > Array.MaxLength)
        {
            throw new JobException($"{Name}: row group {group} holds {Rows(group) * width} numbers, more than the "
                + $"{Array.MaxLength} that can be read at once. Write the data in smaller row groups.");
        }

        var values = new double[Rows(group) * width];
        for (var f = 0; f < columns.Features.Length; f++)
        {
            var column = columns.Features[f];
            Put(await ParquetColumn.Numbers(rows, Field(group, column), Place(group, column), missing), f);
        }

        for (var i = 0; i < columns.ExtraNumbers.Count; i++)
        {
            Put(await ExtraNumbers(rows, group, columns.ExtraNumbers[i], missing), columns.Features.Length + i);
        }

        if (columns.SplitBy is { } split)
        {
            Put(await split.Read(rows, Field(group, columns.Split), Place(group, columns.Split)), width - 1);
        }

        return (values, labels);

        void Put(double[] numbers, int at)
        {
            for (var row = 0; row < numbers.Length; row++)
            {
                values[(row * width) + at] = numbers[row];
            }
        }
    });

    /// <summary>A row group's cells under columns that the job describes, the numbers that stand behind them, and its labels.</summary>
    /// <param name="group">The row group.</param>
    /// <param name="columns">Which column is what.</param>
    /// <param name="data">What the label is.</param>
    /// <param name="cells">Readers of the feature columns.</param>
    /// <param name="into">Receives the rows, and has the texts.</param>
    /// <param name="taken">Takes the rows from there, now and then and at the end.</param>
    /// <exception cref="JobException">File, row group, row and column of what cannot be used.</exception>
    public Task<bool> Read(int group, TableColumns columns, DataSection data, CellReader[] cells, RowBuffer into, Action taken) => Guard(Name, async () =>
    {
        using var rows = _reader.OpenRowGroupReader(group);
        var (label, missing) = (columns.Label, new MissingCells(data));
        string[] labels = !data.HasClasses ? [] : await ParquetColumn.Labels(rows, Field(group, label), Place(group, label), missing);
        var extra = new double[columns.ExtraNumbers.Count][];
        for (var i = 0; i < extra.Length; i++)
        {
            extra[i] = await ExtraNumbers(rows, group, columns.ExtraNumbers[i], missing);
        }

        double[] splits = columns.SplitBy is { } split ? await split.Read(rows, Field(group, columns.Split), Place(group, columns.Split)) : [];
        var read = await Cells(rows, group, columns.Features, cells);
        for (var row = 0; row < Rows(group); row++)
        {
            var at = row;
            JobException Error(string what) => new($"{Name}: row group {group}, row {at}: {what}.");
            var values = into.Next(columns.Numbers);
            for (var c = 0; c < cells.Length; c++)
            {
                values[c] = into.Texts[c] is not { } names ? read[c].Number(row, cells[c], Error)
                    : cells[c].Text(read[c].Text(row), Error) is { } text ? names.Of(text)
                    : double.NaN;
            }

            for (var i = 0; i < extra.Length; i++)
            {
                values[cells.Length + i] = extra[i][row];
            }

            if (columns.Split >= 0)
            {
                values[^1] = splits.Length > 0 ? splits[row] : double.NaN;
            }

            if (data.HasClasses)
            {
                into.Label(labels[row]);
            }
            else
            {
                into.NoLabel();
            }

            if (into.Count == DescribedRows.TakenAtOnce)
            {
                taken();
            }
        }

        taken();
        return true;
    });

    /// <summary>A row group's cells under some columns.</summary>
    /// <exception cref="JobException">A column is of a type that its kind does not read.</exception>
    public Task<ParquetCells[]> Cells(int group, IReadOnlyList<int> columns, CellReader[] cells) => Guard(Name, async () =>
    {
        using var rows = _reader.OpenRowGroupReader(group);
        return await Cells(rows, group, columns, cells);
    });

    /// <summary>A row group's numbers under some columns, NaN where one is missing.</summary>
    /// <exception cref="JobException">File, row group and column of what cannot be used.</exception>
    public Task<double[][]> Numbers(int group, IReadOnlyList<int> columns, MissingCells missing) => Guard(Name, async () =>
    {
        using var rows = _reader.OpenRowGroupReader(group);
        var numbers = new double[columns.Count][];
        for (var c = 0; c < numbers.Length; c++)
        {
            numbers[c] = await ParquetColumn.Numbers(rows, Field(group, columns[c]), Place(group, columns[c]), missing);
        }

        return numbers;
    });

    private async Task<ParquetCells[]> Cells(ParquetRowGroupReader rows, int group, IReadOnlyList<int> columns, CellReader[] cells)
    {
        var read = new ParquetCells[cells.Length];
        for (var c = 0; c < cells.Length; c++)
        {
            read[c] = await ParquetCells.Read(rows, Field(group, columns[c]), Place(group, columns[c]), cells[c]);
        }

        return read;
    }

    private Task<double[]> ExtraNumbers(ParquetRowGroupReader rows, int group, NumberColumn column, MissingCells missing) =>
        ParquetColumn.ExtraNumbers(rows, Field(group, column.Column), Place(group, column.Column), column, missing);

    /// <summary>The first cells of some columns as texts, as CSV files have them.</summary>
    public Task<string[][]> Texts(int group, int[] columns, int most) => Guard(Name, async () =>
    {
        using var rows = _reader.OpenRowGroupReader(group);
        var texts = new string[columns.Length][];
        for (var c = 0; c < columns.Length; c++)
        {
            texts[c] = [.. (await ParquetColumn.Texts(rows, Field(group, columns[c]), Place(group, columns[c]))).Take(most).Select(t => (t ?? "").Trim())];
        }

        return texts;
    });

    private string Place(int group, int column) => $"{Name}: row group {group}: column '{Columns[column]}'";

    private DataField Field(int group, int column) => _reader.Schema.Fields[column] is DataField { IsArray: false, MaxRepetitionLevel: 0 } field
        ? field
        : throw new JobException($"{Place(group, column)} is nested, with several values a row. Flatten it, or name it in data.ignore.");

    // The library has no exception of its own for a damaged file: its decoders fail as they happen to.
    private static async Task<T> Guard<T>(string name, Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (e is not (JobException or FileNotFoundException or UnauthorizedAccessException or FileStoreException))
        {
            throw new JobException($"{name}: it is no Parquet file that can be read: {e.Message} Fetch or write it again.");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _reader.DisposeAsync();
}
