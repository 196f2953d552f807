using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <summary>What the records of the steps before <see cref="Committed"/> add up to.</summary>
[GenerateSerializer, Alias("granary.ProgressState")]
public sealed class ProgressState
{
    /// <summary>Steps taken in, evaluations after them included.</summary>
    [Id(0)] public long Committed { get; set; }

    /// <summary>Examples counted in them.</summary>
    [Id(1)] public long Examples { get; set; }

    /// <summary>Mean loss over the batch of the newest of them.</summary>
    [Id(2)] public double? LastLoss { get; set; }

    /// <summary>Mean loss over the last whole round's examples as they were trained on.</summary>
    [Id(3)] public double? EpochLoss { get; set; }

    /// <summary>The newest evaluation.</summary>
    [Id(4)] public Evaluation? Evaluation { get; set; }

    /// <summary>Per shard, over the round under way: sum of losses.</summary>
    [Id(5)] public double[] LossSums { get; set; } = [];

    /// <summary>Per shard, over the round under way: sum of weights.</summary>
    [Id(6)] public double[] Weights { get; set; } = [];

    /// <summary>Per shard, over the epoch under way: wrapping sum of the rows' digests.</summary>
    [Id(7)] public ulong[] Digests { get; set; } = [];

    /// <summary>Per shard, over the epoch under way: examples counted.</summary>
    [Id(8)] public long[] Counts { get; set; } = [];

    /// <summary>Every finished epoch.</summary>
    [Id(9)] public List<LedgerEntry> Ledger { get; set; } = [];

    /// <summary>The job's metrics so far.</summary>
    [Id(10)] public List<MetricPoint> Points { get; set; } = [];

    /// <summary>Whether the optimiser has converged.</summary>
    [Id(12)] public bool Converged { get; set; }
    /// <summary>The best version so far, and how long ago the last improvement is; null before the first evaluation.</summary>
    [Id(11)] public HeldOutStanding? Standing { get; set; }

    /// <summary>Nothing yet.</summary>
    public static ProgressState Empty(int shards) => new()
    {
        LossSums = new double[shards],
        Weights = new double[shards],
        Digests = new ulong[shards],
        Counts = new long[shards],
    };

    /// <summary>A copy that can be changed independently.</summary>
    public ProgressState Copy() => new()
    {
        Committed = Committed,
        Examples = Examples,
        LastLoss = LastLoss,
        EpochLoss = EpochLoss,
        Evaluation = Evaluation,
        LossSums = [.. LossSums],
        Weights = [.. Weights],
        Digests = [.. Digests],
        Counts = [.. Counts],
        Ledger = [.. Ledger],
        Points = [.. Points],
        Converged = Converged,
        Standing = Standing,
    };

    /// <summary>Ends a round.</summary>
    public void CloseRound()
    {
        Array.Clear(LossSums);
        Array.Clear(Weights);
    }

    /// <summary>Whether the last round ended before its time, because the job did.</summary>
    public bool HasClosedRoundAt(BatchPlan batches) => Committed % batches.StepsPerRound != 0 && Array.TrueForAll(Weights, w => w == 0);

    /// <summary>What the steps after the last whole epoch have counted; null: there are none.</summary>
    public LedgerSteps? UnderWay(BatchPlan batches) => Committed - (Committed % batches.StepsPerEpoch) is var first && first < Committed
        ? new LedgerSteps(first, Committed, [.. Digests], [.. Counts])
        : null;

    /// <summary>Ends an epoch in the ledger.</summary>
    public void CloseEpoch(int epoch)
    {
        if (Ledger.Count > 0 && Ledger[^1] is var last && last.EndEpoch == epoch
            && last.Digests.SequenceEqual(Digests) && last.Examples.SequenceEqual(Counts))
        {
            Ledger[^1] = last with { EndEpoch = epoch + 1 };
        }
        else
        {
            Ledger.Add(new LedgerEntry(epoch, epoch + 1, [.. Digests], [.. Counts]));
        }

        Array.Clear(Digests);
        Array.Clear(Counts);
    }
}

/// <summary>The held-out examples under one version of the weights.</summary>
/// <param name="Examples">How many.</param>
/// <param name="Loss">Their mean loss.</param>
/// <param name="Accuracy">Part of the predictions that are right; 0 where the target is a number.</param>
/// <param name="Numbers">The errors, where the target is a number; null otherwise.</param>
[GenerateSerializer, Immutable, Alias("granary.Evaluation")]
public sealed record Evaluation(
    [property: Id(0)] long Examples, [property: Id(1)] double Loss, [property: Id(2)] double Accuracy, [property: Id(3)] NumberFigures? Numbers = null)
{
    /// <summary>The accuracy, where there are classes.</summary>
    public double? AccuracyOfClasses => Numbers is null ? Accuracy : null;
}
