using Granary.Jobs;

namespace Granary.Model.Data.Checking;

/// <summary>What a look at described columns has found.</summary>
/// <param name="Missing">Cells without a value, of each column.</param>
/// <param name="First">The first rows as the model sees them.</param>
internal sealed record DescribedLook(long[] Missing, double[][] First)
{
    private const int FirstRows = 3;
    private const int MostFeatures = 200;

    /// <summary>Looks at a shard; null where the job describes no columns.</summary>
    public static DescribedLook? At(IFeatureSource source, DataFacts facts) =>
        source.Described is { } columns && facts.Table is { } table ? new DescribedLook(columns.Missing, columns.Preview(table, FirstRows)) : null;

    /// <summary>With what the next shard's look has found.</summary>
    public DescribedLook With(DescribedLook next) => new([.. Missing.Zip(next.Missing, (a, b) => a + b)], [.. First.Concat(next.First).Take(FirstRows)]);

    /// <summary>The first rows, for their user.</summary>
    /// <param name="facts">The features' names.</param>
    public PreviewReport Preview(DataFacts facts)
    {
        string[] names = [.. facts.Columns.Take(MostFeatures)];
        foreach (var embedded in (facts.Shape.Embedded ?? []).Where(e => e.Feature < names.Length))
        {
            names[embedded.Feature] += $" (row of {embedded.Entries} vectors, from 0)";
        }

        return new PreviewReport(names, [.. First.Select(row => row.Take(MostFeatures).ToArray())]);
    }

    /// <summary>All columns in the order of the table, with their kinds.</summary>
    /// <param name="facts">What the columns are.</param>
    /// <param name="numbers">Those of numbers, in order.</param>
    public ColumnReport[] Columns(DataFacts facts, IEnumerable<ColumnReport> numbers)
    {
        var next = new Queue<ColumnReport>(numbers);
        return [.. facts.Table!.Columns.Select((column, c) => ColumnKinds.Of(column.Section.Kind).IsText
            ? new ColumnReport(column.Name, false, null, null, null, Missing[c], column.Categories.Length > 0 ? column.Categories.Length : null) { Kind = column.Section.Kind }
            : next.Dequeue() with { Kind = column.Section.Kind })];
    }
}
