using System.Globalization;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>What one shard can hold: one array of .NET has room for 2,147,483,591 elements. Sources may be larger, with more shards.</summary>
internal static class ShardLimit
{
    /// <summary>Refuses a part that is too large for one shard, before memory is asked for.</summary>
    /// <param name="part">The part.</param>
    /// <param name="count">How much of it there is.</param>
    /// <param name="unit">Of what: "bytes".</param>
    /// <exception cref="JobException">With the number of shards that is enough.</exception>
    public static void Check(SourcePart part, long count, string unit)
    {
        if (count > Array.MaxLength)
        {
            throw new JobException(string.Create(
                CultureInfo.InvariantCulture,
                $"{part.Name}: shard {part.Shard} of {part.Shards} would hold {count:N0} {unit}, but one shard can hold {Array.MaxLength:N0}. ")
                + $"Set data.shards to {((Int128)count * part.Shards / Array.MaxLength) + 1} or more.");
        }
    }
}
