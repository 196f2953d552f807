using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Parquet files: to a shard belongs a run of their row groups, all files laid end to end. A row group is the least
/// that such a file can be read by, so that a shard reads no more than its own part.</summary>
internal static class ParquetSource
{
    /// <summary>Reads this shard's rows. The thread waits: reading threads have nothing else to do.</summary>
    /// <param name="part">Which part.</param>
    /// <param name="data">How the files are written.</param>
    /// <param name="features">Columns to be read, by name; null: all that the job leaves.</param>
    /// <param name="split">The column by which rows are held out; null: none, or nobody asks.</param>
    public static IFeatureSource Read(SourcePart part, DataSection data, IReadOnlyList<string>? features = null, SplitColumn? split = null) =>
        ReadAsync(part, data, features, split).GetAwaiter().GetResult();

    private static async Task<IFeatureSource> ReadAsync(SourcePart part, DataSection data, IReadOnlyList<string>? features, SplitColumn? split)
    {
        var files = new List<ParquetTable>();
        try
        {
            foreach (var path in DataFiles.Expand(part.Path))
            {
                files.Add(await ParquetTable.Open(path));
            }

            TableColumns.RequireSame(part.Path, [.. files.Select(f => (f.Name, f.Name, f.Columns))], data.Label ?? data.LabelColumns?[0]);

            var columns = TableColumns.Choose(files[0].Name, files[0].Columns, data, features) with { SplitBy = split };
            (ParquetTable File, int Group)[] groups = [.. files.SelectMany(f => f.Groups.Select(g => (f, g)))];
            if (groups.Length == 0 && !part.MayBeEmpty)
            {
                throw new JobException($"{part.Name}: there is nothing to train on: it has no rows.");
            }

            if (groups.Length < part.Shards && !part.MayBeEmpty)
            {
                throw new JobException($"data.shards is {part.Shards}, but {part.Name} has {groups.Length} row groups with rows in them, and a row "
                    + $"group is not cut: a shard would be empty. Set data.shards to {groups.Length} or less, or write the data in "
                    + "smaller row groups (pandas: to_parquet(..., row_group_size=N)).");
            }

            var numbers = groups.Select(g => g.File.Rows(g.Group) * columns.Numbers).ToArray();
            RowGroupRuns.Check(part, numbers, ShardLimit.Most);
            var (first, end) = part.Of(groups.Length);
            if (data.Columns is not null)
            {
                return await Described(groups[(int)first..(int)end], columns, data);
            }

            var (values, labels, missing) = (new List<double[]>(), new List<string[]>(), new MissingCells(data));
            foreach (var (file, group) in groups[(int)first..(int)end])
            {
                var (x, y) = await file.Read(group, columns, data, missing);
                values.Add(x);
                labels.Add(y);
            }

            double[] all = [.. values.SelectMany(v => v)];
            var classes = new LabelNames();
            int[] ids = [.. labels.SelectMany(l => l).Select(classes.Of)];
            return TableSource.Of(columns, new ArrayRows(all, columns.Numbers, all.Length / columns.Numbers), classes.Names, ids);
        }
        finally
        {
            foreach (var file in files)
            {
                await file.DisposeAsync();
            }
        }
    }

    private static async Task<DescribedSource> Described((ParquetTable File, int Group)[] groups, TableColumns columns, DataSection data)
    {
        string[] names = [.. columns.Features.Select(f => columns.Names[f])];
        ColumnSection[] sections = [.. names.Select(n => ColumnKinds.Section(data, n))];
        var (cells, into) = (CellReader.Of(names, sections, data), new DescribedRows(columns, sections, data));
        var rows = into.Buffer();
        foreach (var (file, group) in groups)
        {
            await file.Read(group, columns, data, cells, rows, () => into.Take(rows));
        }

        return into.Done(rows.Names);
    }

    /// <summary>What the columns look like by the first rows of the first file.</summary>
    /// <param name="data">How the files are written.</param>
    public static ColumnsSection Infer(DataSection data) => InferAsync(data).GetAwaiter().GetResult();

    private static async Task<ColumnsSection> InferAsync(DataSection data)
    {
        await using var file = await ParquetTable.Open(DataFiles.Expand(data.Path)[0]);
        var columns = TableColumns.Choose(file.Name, file.Columns, data);
        var inference = new ColumnInference([.. columns.Features.Select(f => columns.Names[f])], data);
        if (file.Groups.Length > 0)
        {
            var texts = await file.Texts(file.Groups[0], columns.Features, ColumnInference.Rows);
            for (var row = 0; row < texts[0].Length; row++)
            {
                inference.Add([.. texts.Select(t => t[row])]);
            }
        }

        return inference.Columns;
    }
}
