namespace Granary.Jobs;

/// <summary>The different keys of all groups, of any number of shards.</summary>
internal static class GroupKeys
{
    /// <summary>Keys that a shard is asked for at once, about.</summary>
    private const int AtOnce = 1 << 18;

    /// <summary>All of them in rising order, asked for range by range, so that no answer is large.</summary>
    /// <param name="ask">Asks every shard.</param>
    public static async Task<IReadOnlyList<ulong>> Of(Func<SplitQuestion, Task<SplitAnswer[]>> ask)
    {
        var most = (await ask(new SplitQuestion { Keys = KeyBand.Empty })).Max(a => a.Different);
        var (ranges, keys) = ((ulong)((most / AtOnce) + 1), new List<ulong>());
        var width = (ulong.MaxValue / ranges) + 1; // 0, of one range, wraps to the whole
        for (ulong r = 0; r < ranges; r++)
        {
            var band = new KeyBand(r * width, r == ranges - 1 ? ulong.MaxValue : ((r + 1) * width) - 1);
            keys.AddRange((await ask(new SplitQuestion { Keys = band })).SelectMany(a => a.Keys!).Distinct().Order());
        }

        return keys;
    }
}
