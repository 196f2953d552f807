namespace Granary.Jobs;

/// <summary>Windows of a text that start anywhere. An epoch has as many places for them as a text in windows side by side, rounded up to whole batches, and
/// they are dealt to steps as examples are (<see cref="BatchPlan"/>), so that each shard has its share of every batch. Which window stands at a place depends on
/// the seed, the epoch, the shard and the place alone.</summary>
public static class WindowDraw
{
    /// <summary>Places of each shard in an epoch: in proportion to its windows side by side, and whole batches in all.</summary>
    /// <param name="windows">Windows side by side of each shard.</param>
    /// <param name="batch">Examples per step; or <see cref="TrainingSection.AllExamples"/>.</param>
    public static IReadOnlyList<long> Rows(IReadOnlyList<long> windows, int batch)
    {
        var all = windows.Sum();
        if (batch == TrainingSection.AllExamples || all == 0)
        {
            return windows;
        }

        var places = (all + batch - 1) / batch * batch;
        var rows = new long[windows.Count];
        long before = 0;
        for (var v = 0; v < rows.Length; v++)
        {
            rows[v] = (long)(((Int128)places * (before + windows[v]) / all) - ((Int128)places * before / all));
            before += windows[v];
        }

        return rows;
    }

    /// <summary>The window at a place, as one of <paramref name="starts"/> places where a window may start.</summary>
    public static int At(long seed, int epoch, int shard, int place, int starts) =>
        SeededRandom.For(seed, RandomPurpose.Windows, epoch, shard, place).NextInt(starts);
}
