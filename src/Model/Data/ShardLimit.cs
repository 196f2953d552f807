using System.Globalization;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>What one shard can hold: one array of .NET has room for 2,147,483,591 elements. Sources may be larger, with more shards.</summary>
internal static class ShardLimit
{
    /// <summary>Elements of the longest array.</summary>
    public static long Most => Array.MaxLength;

    /// <summary>Refuses a part that is too large for one shard, before memory is asked for.</summary>
    /// <param name="part">The part.</param>
    /// <param name="count">How much of it there is.</param>
    /// <param name="unit">Of what: "bytes".</param>
    /// <exception cref="JobException">With the number of shards that is enough.</exception>
    public static void Check(SourcePart part, long count, string unit) => Check(part, count, unit, Most);

    /// <summary>The same with another limit than an array's.</summary>
    public static void Check(SourcePart part, long count, string unit, long most)
    {
        if (count > most)
        {
            throw new JobException(string.Create(
                CultureInfo.InvariantCulture,
                $"{part.Name}: shard {part.Shard} of {part.Shards} would hold {count:N0} {unit}, but one shard can hold {most:N0}. ")
                + $"Set data.shards to {Enough(count, part.Shards, most)} or more.");
        }
    }

    /// <summary>A number of shards that is enough where one of <paramref name="shards"/> would hold <paramref name="count"/>: with room
    /// for one in twenty more, since lines are not of one length and shards not of one size.</summary>
    public static long Enough(long count, int shards, long most) => (long)((Int128)count * shards * 21 / ((Int128)most * 20)) + 1;
}
