using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Tells a shard's rows apart by a rule, and answers what is asked while the rule's bands are sought.</summary>
/// <param name="rule">The rule.</param>
/// <param name="shard">Which shard.</param>
/// <param name="source">Its rows.</param>
internal sealed class ShardSplit(SplitRule rule, int shard, IFeatureSource source)
{
    private readonly Lock _turn = new();
    private ulong[]? _keys;
    private int[]? _classes; // of each row; all 0 where there are none
    private ulong[][]? _sorted; // of each stratum

    /// <summary>An answer.</summary>
    /// <param name="question">The question.</param>
    /// <param name="facts">What the shards agree on so far.</param>
    public SplitAnswer Answer(SplitQuestion question, DataFacts facts)
    {
        lock (_turn)
        {
            Look(facts);
            return question switch
            {
                { Ranges: { } ranges } => new SplitAnswer { Ranges = [.. ranges.Select(r => r.CountIn(Sorted(facts)[r.Column]))] },
                { Keys: { } band } => Different(band),
                _ => new SplitAnswer { Parts = [.. question.Parts!.Select(bands => Count(facts, row => IsIn(bands, row)))], All = Count(facts, _ => true) },
            };
        }
    }

    /// <summary>The rows trained on, and those held out.</summary>
    /// <param name="facts">What the shards agree on, bands included.</param>
    public (int[] Training, int[] Held) Rows(DataFacts facts)
    {
        lock (_turn)
        {
            Look(facts);
            var (training, held) = (new List<int>(source.Rows), new List<int>());
            for (var row = 0; row < source.Rows; row++)
            {
                (IsIn(facts.HeldOut!, row) ? held : training).Add(row);
            }

            return ([.. training], [.. held]);
        }
    }

    private bool IsIn(IReadOnlyList<KeyBand> bands, int row) => bands[rule.HasStrata ? _classes![row] : 0].Has(_keys![row]);

    private long[] Count(DataFacts facts, Func<int, bool> isMeant)
    {
        var counts = new long[Math.Max(1, facts.Classes.Count)];
        for (var row = 0; row < source.Rows; row++)
        {
            counts[_classes![row]] += isMeant(row) ? 1 : 0;
        }

        return counts;
    }

    private SplitAnswer Different(KeyBand band)
    {
        ulong[] all = [.. _keys!.Distinct()];
        return new SplitAnswer { Keys = [.. all.Where(band.Has).Order()], Different = all.Length };
    }

    private ulong[][] Sorted(DataFacts facts)
    {
        if (_sorted is null)
        {
            var strata = new List<ulong>[rule.HasStrata ? facts.Classes.Count : 1];
            for (var s = 0; s < strata.Length; s++)
            {
                strata[s] = [];
            }

            for (var row = 0; row < source.Rows; row++)
            {
                strata[rule.HasStrata ? _classes![row] : 0].Add(_keys![row]);
            }

            _sorted = [.. strata.Select(s => s.Order().ToArray())];
        }

        return _sorted;
    }

    private void Look(DataFacts facts)
    {
        if (_keys is not null)
        {
            return;
        }

        // Rows that were dealt are numbered as they lie in the files; all other parts are runs.
        var shards = facts.TrainingRows.Count;
        var first = facts.TrainingRows.Take(shard).Sum() + facts.ValidationRows.Take(shard).Sum();
        var (keys, classes) = (new ulong[source.Rows], new int[source.Rows]);
        var (numbers, index) = (source.SplitNumbers, new LabelIndex(facts.Classes));
        for (var row = 0; row < keys.Length; row++)
        {
            keys[row] = rule.Key(source.IsDealt ? ((long)row * shards) + shard : first + row, numbers?[row] ?? 0);
            classes[row] = source.Targets is null && source.LabelIndicators is null ? index.Find(source.Label(row))!.Value : 0;
        }

        (_keys, _classes) = (keys, classes);
    }
}
