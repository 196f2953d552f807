using System.Globalization;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>What the runs of row groups hold that shards are made of. It is known before a row is read.</summary>
internal static class RowGroupRuns
{
    /// <summary>Refuses a part that is too large for one shard.</summary>
    /// <param name="part">The part.</param>
    /// <param name="numbers">What each row group of the source holds.</param>
    /// <param name="most">What one shard can hold.</param>
    /// <exception cref="JobException">With the number of shards that is enough, or the remedy where none is.</exception>
    public static void Check(SourcePart part, long[] numbers, long most)
    {
        var held = Largest(numbers, part.Shards, part.Shard, part.Shard + 1);
        if (held <= most)
        {
            return;
        }

        var enough = Enumerable.Range(part.Shards + 1, Math.Max(0, numbers.Length - part.Shards)).FirstOrDefault(v => Largest(numbers, v, 0, v) <= most);
        throw new JobException(string.Create(
            CultureInfo.InvariantCulture,
            $"{part.Name}: shard {part.Shard} of {part.Shards} would hold {held:N0} numbers, but one shard can hold {most:N0}. ")
            + (enough > 0
                ? $"Set data.shards to {enough}: a shard is a run of whole row groups."
                : "No number of shards is enough, since a row group is not cut: write the data in smaller row groups (pandas: to_parquet(..., row_group_size=N))."));
    }

    // Of the shards [first, end) of so many.
    private static long Largest(long[] numbers, int shards, int first, int end)
    {
        var largest = 0L;
        for (var v = first; v < end; v++)
        {
            var (from, to) = new SourcePart("", null, v, shards).Of(numbers.Length);
            largest = Math.Max(largest, numbers[(int)from..(int)to].Sum());
        }

        return largest;
    }
}
