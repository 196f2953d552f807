using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Which of a shard's training examples stand at the places of an epoch. It depends on the job and the place alone. Safe for several threads at once.</summary>
internal interface IEpochOrder
{
    /// <summary>The examples at the places [first, end) of an epoch.</summary>
    ReadOnlySpan<int> Rows(int epoch, int first, int end);
}

/// <summary>Every example once an epoch, in a seeded permutation of its own.</summary>
/// <param name="seed">The job's seed.</param>
/// <param name="shard">The shard.</param>
/// <param name="rows">Its training examples.</param>
internal sealed class ShuffledOrder(long seed, int shard, int[] rows) : IEpochOrder
{
    private volatile Permuted _last = new(0, Of(seed, 0, shard, rows));

    /// <inheritdoc/>
    public ReadOnlySpan<int> Rows(int epoch, int first, int end)
    {
        var last = _last;
        if (last.Epoch != epoch)
        {
            _last = last = new Permuted(epoch, Of(seed, epoch, shard, rows));
        }

        return last.Rows.AsSpan(first, end - first);
    }

    /// <summary>A shard's training rows in the order of an epoch.</summary>
    public static int[] Of(long seed, int epoch, int shard, int[] rows) =>
        [.. SeededRandom.For(seed, RandomPurpose.Permutation, epoch, shard).Permutation(rows.Length).Select(p => rows[p])];

    private sealed record Permuted(int Epoch, int[] Rows);
}

/// <summary>Windows of a text that start anywhere: see <see cref="WindowDraw"/>. An example is the token that a window starts with.</summary>
/// <param name="seed">The job's seed.</param>
/// <param name="shard">The shard.</param>
/// <param name="starts">Where its windows may start.</param>
internal sealed class DrawnOrder(long seed, int shard, WindowStarts starts) : IEpochOrder
{
    /// <inheritdoc/>
    public ReadOnlySpan<int> Rows(int epoch, int first, int end)
    {
        var rows = new int[end - first];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = starts.At(WindowDraw.At(seed, epoch, shard, first + i, starts.Count));
        }

        return rows;
    }
}
