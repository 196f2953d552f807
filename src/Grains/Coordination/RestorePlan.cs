using Granary.Contracts;
using Granary.Grains.Exchange;

namespace Granary.Grains.Coordination;

/// <summary>Decides where a generation goes on from: the newest version of which the members together hold all weights and
/// all optimiser state. Plain rules.</summary>
public static class RestorePlan
{
    /// <param name="held">What each member of the new generation holds, in member order.</param>
    /// <param name="layout">Who owns what from now on.</param>
    /// <param name="hasState">Whether the optimiser has any state.</param>
    /// <returns>The version, and who gives what to whom; null when no version is whole.</returns>
    public static RestoreSource? Make(IReadOnlyList<IReadOnlyList<HeldVersion>> held, ExchangeLayout layout, bool hasState)
    {
        foreach (var step in held.SelectMany(h => h).Where(v => v.Weights).Select(v => v.Step).Distinct().OrderDescending())
        {
            var transfers = new List<Transfer>();
            AddWeights(held, layout, step, transfers);
            if (!hasState || AddState(held, layout, step, transfers))
            {
                return new RestoreSource(step, transfers, []);
            }
        }

        return null;
    }

    private static void AddWeights(
        IReadOnlyList<IReadOnlyList<HeldVersion>> held, ExchangeLayout layout, long step, List<Transfer> transfers)
    {
        int[] holders = [.. Enumerable.Range(0, held.Count).Where(m => held[m].Any(v => v.Step == step && v.Weights))];
        for (var to = 0; to < held.Count; to++)
        {
            var from = holders.Contains(to) ? to : holders[to % holders.Length];
            transfers.Add(new Transfer(from, to, State: false, new BlockRange(0, layout.Blocks.Blocks)));
        }
    }

    private static bool AddState(
        IReadOnlyList<IReadOnlyList<HeldVersion>> held, ExchangeLayout layout, long step, List<Transfer> transfers)
    {
        var ranges = held.Select(h => h.Where(v => v.Step == step).SelectMany(v => v.State).ToArray()).ToArray();
        bool Holds(int member, int block) => Array.Exists(ranges[member], r => block >= r.First && block < r.End);
        for (var to = 0; to < held.Count; to++)
        {
            var (first, end) = layout.Owned(to);
            for (var block = first; block < end; block++)
            {
                var from = Holds(to, block) ? to : Enumerable.Range(0, held.Count).FirstOrDefault(m => Holds(m, block), -1);
                if (from < 0)
                {
                    return false;
                }

                if (transfers[^1] is { State: true } last && last.From == from && last.To == to && last.Blocks.End == block)
                {
                    transfers[^1] = last with { Blocks = last.Blocks with { End = block + 1 } };
                }
                else
                {
                    transfers.Add(new Transfer(from, to, State: true, new BlockRange(block, block + 1)));
                }
            }
        }

        return true;
    }
}
