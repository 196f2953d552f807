using Granary.Jobs;

namespace Granary.Grains.Exchange;

/// <summary>Runs of weights within one block that share one answer to "does weight decay apply", and to "are they trained".</summary>
internal readonly record struct DecayRun(int Start, int Length, bool Decays, bool Frozen = false)
{
    /// <summary>The runs of every block, from the parameters in the order of the flat vector.</summary>
    public static DecayRun[][] PerBlock(IReadOnlyList<ParameterShape> shape, BlockPlan blocks, bool decayAll, bool[]? trained = null)
    {
        var runs = Enumerable.Range(0, blocks.Blocks).Select(_ => new List<DecayRun>()).ToArray();
        long at = 0;
        foreach (var (place, parameter) in shape.Index())
        {
            var frozen = trained?[place] == false;
            var end = at + parameter.Count;
            while (at < end)
            {
                var block = blocks.At((int)(at / BlockPlan.BlockSize));
                var stop = Math.Min(end, blocks.Start(block) + blocks.Length(block));
                Append(runs[block], new DecayRun((int)(at - blocks.Start(block)), (int)(stop - at), !frozen && (decayAll || parameter.Decays), frozen));
                at = stop;
            }
        }

        return [.. runs.Select(r => r.ToArray())];
    }

    private static void Append(List<DecayRun> runs, DecayRun run)
    {
        if (runs.Count > 0 && (runs[^1].Decays, runs[^1].Frozen) == (run.Decays, run.Frozen))
        {
            runs[^1] = runs[^1] with { Length = runs[^1].Length + run.Length };
        }
        else
        {
            runs.Add(run);
        }
    }
}
