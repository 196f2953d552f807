using Granary.Model.Data.Cache;

namespace Granary.Model.Data;

/// <summary>What may be used to read a shard, besides the thread that reads it. What is read does not depend on it.</summary>
/// <param name="Helpers">Other threads; null: there are none.</param>
/// <param name="Cache">Rows kept beside their source; null: they are always read anew.</param>
public sealed record ReadingMeans(IReadingHelpers? Helpers, RowCache? Cache)
{
    /// <summary>Described tables in files that are cut by bytes: how much of each shard's part of a file is read, for a sample; null (usual): all.</summary>
    public int? Head { get; init; }

    /// <summary>Nothing.</summary>
    public static ReadingMeans None { get; } = new(null, null);
}
