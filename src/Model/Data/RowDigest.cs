using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>A fingerprint of a set of rows: the wrapping sum over them of a 64-bit hash of (shard, row). It does not depend on
/// order and adds up over steps, so that an epoch's digests tell whether every row was counted exactly once.</summary>
public static class RowDigest
{
    /// <summary>One row's part.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="row">Its row in the shard's part of the source, before anything is held out.</param>
    public static ulong Of(int shard, int row) => SeededRandom.Mix(SeededRandom.Mix((ulong)shard) + (ulong)row);
}
