namespace Granary.Jobs;

/// <summary>A question to every shard: how its numbers are spread over the 256 ranges that share the first bits of their keys.</summary>
/// <param name="Column">Which feature column.</param>
/// <param name="Number">Which of its scaled numbers; -1: its value.</param>
/// <param name="Prefix">The first bits.</param>
/// <param name="Bits">How many.</param>
public sealed record KeyRange(int Column, int Number, ulong Prefix, int Bits)
{
    /// <summary>Ranges in an answer.</summary>
    public const int Ranges = 1 << Step;

    /// <summary>Bits that an answer tells.</summary>
    public const int Step = 8;

    /// <summary>The answer of numbers whose keys are in order.</summary>
    public long[] CountIn(ulong[] keys)
    {
        var counts = new long[Ranges];
        var shift = 64 - Bits - Step;
        var at = FirstAtLeast(keys, First(0, shift));
        for (var range = 0; range < Ranges; range++)
        {
            var last = First(range, shift) | ((1UL << shift) - 1);
            var end = last == ulong.MaxValue ? keys.Length : FirstAtLeast(keys, last + 1);
            (counts[range], at) = (end - at, end);
        }

        return counts;
    }

    /// <summary>Which of the ranges a key lies in; null: in none.</summary>
    public int? RangeOf(ulong key) => Bits > 0 && key >> (64 - Bits) != Prefix ? null : (int)(key >> (64 - Bits - Step)) & (Ranges - 1);

    private ulong First(int range, int shift) => ((Bits == 0 ? 0 : Prefix << (64 - Bits)) | ((ulong)range << shift));

    private static int FirstAtLeast(ulong[] keys, ulong key)
    {
        var (low, high) = (0, keys.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = keys[middle] < key ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}

/// <summary>Finds numbers by their place in the order of all, exactly, over any number of shards: eight rounds of questions, each of which finds eight bits
/// more of every number that is looked for.</summary>
public sealed class RankSearch
{
    private readonly Wanted[] _wanted;

    /// <param name="wanted">What to look for.</param>
    public RankSearch(IEnumerable<Sought> wanted) => _wanted = [.. wanted.Select(w => new Wanted(w))];

    /// <summary>A number that is looked for.</summary>
    /// <param name="Column">Which feature column.</param>
    /// <param name="Number">Which of its scaled numbers; -1: its value.</param>
    /// <param name="Rank">How many numbers lie before it, from 0.</param>
    /// <param name="More">A number that fills gaps, which no shard counts.</param>
    /// <param name="Times">How often it does.</param>
    public sealed record Sought(int Column, int Number, long Rank, double More = 0, long Times = 0);

    /// <summary>Whether all are found.</summary>
    public bool IsDone => Array.TrueForAll(_wanted, w => w.Bits == 64);

    /// <summary>What to ask next.</summary>
    public IReadOnlyList<KeyRange> Questions => [.. _wanted.Select(w => w.Question).Distinct()];

    /// <summary>The numbers, once all are found, in the order in which they were asked for.</summary>
    public IReadOnlyList<double> Found => [.. _wanted.Select(w => SortKey.ToDouble(w.Prefix))];

    /// <summary>Their keys.</summary>
    public IReadOnlyList<ulong> FoundKeys => [.. _wanted.Select(w => w.Prefix)];

    /// <summary>Takes the answers.</summary>
    /// <param name="answers">Of each shard, to each question.</param>
    public void Take(IReadOnlyList<IReadOnlyList<long[]>> answers)
    {
        var questions = Questions;
        for (var q = 0; q < questions.Count; q++)
        {
            var counts = new long[KeyRange.Ranges];
            foreach (var answer in answers)
            {
                for (var range = 0; range < counts.Length; range++)
                {
                    counts[range] += answer[q][range];
                }
            }

            foreach (var wanted in _wanted.Where(w => w.Question == questions[q]).ToArray())
            {
                wanted.Take(counts);
            }
        }
    }

    private sealed class Wanted(Sought sought)
    {
        private long _rank = sought.Rank;

        public ulong Prefix { get; private set; }

        public int Bits { get; private set; }

        public KeyRange Question => new(sought.Column, sought.Number, Prefix, Bits);

        public void Take(long[] counts)
        {
            var more = sought.Times > 0 ? Question.RangeOf(SortKey.Of(sought.More)) : null;
            for (var range = 0; range < counts.Length; range++)
            {
                var count = counts[range] + (range == more ? sought.Times : 0);
                if (_rank < count)
                {
                    (Prefix, Bits) = ((Prefix << KeyRange.Step) | (uint)range, Bits + KeyRange.Step);
                    return;
                }

                _rank -= count;
            }

            throw new InvalidOperationException($"There are fewer numbers than rank {sought.Rank} asks for.");
        }
    }
}
