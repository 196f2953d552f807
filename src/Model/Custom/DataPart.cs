namespace Granary.Model.Custom;

/// <summary>Which part of a source is to be read.</summary>
public sealed class DataPart
{
    internal DataPart(IReadOnlyList<string> files, int shard, int shards) => (Files, Shard, Shards) = (files, shard, shards);

    /// <summary>The source's files, in the order in which they are read as one.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>The shard, from 0 on.</summary>
    public int Shard { get; }

    /// <summary>V, the number of shards.</summary>
    public int Shards { get; }

    /// <summary>The run [First, End) of so many units (rows, blocks, files) that belongs to this shard.</summary>
    public (long First, long End) Of(long count) => ((long)((Int128)count * Shard / Shards), (long)((Int128)count * (Shard + 1) / Shards));
}
