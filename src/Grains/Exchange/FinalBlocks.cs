using Granary.Jobs;

namespace Granary.Grains.Exchange;

/// <summary>Goes through a member's own sums as they become final, each block of each of them once. Block by block and not sum by sum,
/// so that an owner can begin with what it has all sums of.</summary>
/// <param name="parts">Sums.</param>
/// <param name="blocks">Blocks of each.</param>
internal sealed class FinalBlocks<T>(int parts, BlockPlan blocks)
    where T : unmanaged
{
    private readonly int[] _seen = new int[parts]; // all but so many at the beginning
    private readonly int[] _final = new int[parts];

    /// <summary>Begins a step.</summary>
    public void Begin() => Array.Fill(_seen, blocks.Blocks);

    /// <summary>Hands over what has become final since the last time.</summary>
    /// <param name="sums">The sums.</param>
    /// <param name="take">Takes a block: which sum, which block.</param>
    public void Advance(OwnSums<T> sums, Action<int, int> take)
    {
        var lowest = blocks.Blocks;
        for (var part = 0; part < parts; part++)
        {
            _final[part] = Math.Min(sums.Missing(part), _seen[part]); // asked for once: it moves on meanwhile
            lowest = _final[part] < _seen[part] ? Math.Min(lowest, _final[part]) : lowest;
        }

        for (var place = lowest; place < blocks.Blocks; place++)
        {
            for (var part = 0; part < parts; part++)
            {
                if (place >= _final[part] && place < _seen[part])
                {
                    take(part, blocks.At(place));
                }
            }
        }

        _final.CopyTo(_seen, 0);
    }
}
