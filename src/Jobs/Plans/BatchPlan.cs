using System.Numerics;

namespace Granary.Jobs;

/// <summary>
/// Which examples a step takes. The shards' permutations of an epoch, laid end to end, are dealt like cards to the epoch's
/// S = ceil(N / batch) batches: position j goes to batch j mod S. So every example is taken exactly once an epoch; a batch
/// holds floor(N / S) or ceil(N / S) examples, never none and never more than asked for; and shard v puts floor(n_v / S) or
/// ceil(n_v / S) rows that follow each other into each, none into some where it has fewer rows than there are batches.
/// </summary>
/// <remarks>
/// The batches that such a small shard has a part in are neighbours. Step s of an epoch therefore takes batch a s mod S,
/// where a is near S over the golden ratio: multiples of it fall evenly (Weyl, 1916), so that every shard has its turn all
/// through the epoch and not in one stretch of it.
/// </remarks>
public sealed class BatchPlan
{
    private const double InverseGoldenRatio = 0.6180339887498949;

    // Of the examples in the shards before v: how many each batch has for certain, and how many batches have one more.
    private readonly (long Each, long More)[] _before;
    private readonly long _stride;

    /// <param name="rows">Training examples of each shard, n_v; one at least has some.</param>
    /// <param name="batch">Examples per step over all shards, at least 1; or <see cref="TrainingSection.AllExamples"/>.</param>
    /// <param name="epochs">Number of epochs.</param>
    /// <param name="steps">Steps of the whole job, where it is measured in steps; 0: in epochs.</param>
    /// <param name="every">Steps of a round; 0: those of an epoch.</param>
    public BatchPlan(IReadOnlyList<long> rows, int batch, int epochs, long steps = 0, long every = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batch);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows.Max(), int.MaxValue, nameof(rows));
        Examples = rows.Sum();
        ArgumentOutOfRangeException.ThrowIfLessThan(Examples, 1, nameof(rows));
        StepsPerEpoch = batch == TrainingSection.AllExamples ? 1 : (Examples + batch - 1) / batch;
        Steps = steps > 0 ? steps : StepsPerEpoch * epochs;
        StepsPerRound = every > 0 ? every : StepsPerEpoch;
        _stride = Stride(StepsPerEpoch);
        _before = new (long, long)[rows.Count + 1];
        long before = 0;
        for (var v = 0; v < rows.Count; v++)
        {
            before += rows[v];
            _before[v + 1] = Math.DivRem(before, StepsPerEpoch);
        }
    }

    /// <summary>Training examples over all shards, N.</summary>
    public long Examples { get; }

    /// <summary>S = ceil(N / batch).</summary>
    public long StepsPerEpoch { get; }

    /// <summary>Number of shards, V.</summary>
    public int Shards => _before.Length - 1;

    /// <summary>Steps of the whole job. Steps count from 0.</summary>
    public long Steps { get; }

    /// <summary>Steps of a round, which ends with an evaluation; the last one may be shorter.</summary>
    public long StepsPerRound { get; }

    /// <summary>Rounds of the whole job.</summary>
    public long Rounds => (Steps + StepsPerRound - 1) / StepsPerRound;

    /// <summary>The plan of a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="trainingRows">Training examples of each shard.</param>
    public static BatchPlan Of(Job job, IReadOnlyList<long> trainingRows)
    {
        var training = job.Training;
        return new BatchPlan(
            job.Data.DrawsWindows ? WindowDraw.Rows(trainingRows, training.Batch) : trainingRows,
            training.Batch, training.Epochs, training.Steps, training.Evaluation?.Every ?? 0);
    }

    /// <summary>The epoch a step belongs to, from 0.</summary>
    public int EpochOf(long step) => (int)(step / StepsPerEpoch);

    /// <summary>Whether a step is the last of its round.</summary>
    public bool EndsRound(long step) => (step + 1) % StepsPerRound == 0 || step + 1 == Steps;

    /// <summary>Rounds that have ended when so many steps have been taken.</summary>
    public long RoundsBy(long steps) => steps == Steps ? Rounds : steps / StepsPerRound;

    /// <summary>Steps at the end of so many rounds.</summary>
    public long EndOfRounds(long rounds) => Math.Min(rounds * StepsPerRound, Steps);

    /// <summary>Whether a step is the last of its epoch.</summary>
    public bool EndsEpoch(long step) => (step + 1) % StepsPerEpoch == 0;

    /// <summary>The places [First, End) of shard <paramref name="shard"/>'s order of an epoch that a run of steps within it takes.</summary>
    public IEnumerable<(int First, int End)> Rows(long firstStep, long endStep, int shard)
    {
        for (var step = firstStep; step < endStep; step++)
        {
            yield return Rows(step, shard);
        }
    }

    /// <summary>Places of a shard's order of an epoch: the examples that the epoch takes of it.</summary>
    public long RowsPerEpoch(int shard) => DealtBefore(shard + 1, StepsPerEpoch) - DealtBefore(shard, StepsPerEpoch);

    /// <summary>The rows [First, End) of shard <paramref name="shard"/>'s permutation that a step takes.</summary>
    public (int First, int End) Rows(long step, int shard)
    {
        var batch = BatchOf(step);
        return (Dealt(shard, batch), Dealt(shard, batch + 1));
    }

    /// <summary>Examples that a step takes over all shards.</summary>
    public long ExamplesOf(long step)
    {
        var batch = BatchOf(step);
        return DealtBefore(Shards, batch + 1) - DealtBefore(Shards, batch);
    }

    private long BatchOf(long step) => (long)((Int128)_stride * (step % StepsPerEpoch) % StepsPerEpoch);

    /// <summary>How many of shard v's rows are dealt to the batches before one: where that batch's rows start.</summary>
    private int Dealt(int shard, long batch) => (int)(DealtBefore(shard + 1, batch) - DealtBefore(shard, batch));

    /// <summary>How many rows of the shards before v are dealt to the batches before one.</summary>
    private long DealtBefore(int shard, long batch)
    {
        var (each, more) = _before[shard];
        return each * batch + Math.Min(more, batch);
    }

    /// <summary>Without a factor in common with S, so that an epoch's steps take every batch.</summary>
    private static long Stride(long steps)
    {
        var stride = (long)(steps * InverseGoldenRatio);
        while (BigInteger.GreatestCommonDivisor(stride, steps) != 1)
        {
            stride++;
        }

        return stride;
    }
}
