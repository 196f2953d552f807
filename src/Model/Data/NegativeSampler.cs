using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Draws words with a probability that goes with count^(3/4), as word2vec does (Mikolov and others, 2013): frequent
/// words a little less, rare ones a little more often than they occur.</summary>
internal sealed class NegativeSampler
{
    // [V + 1]: the sum of the weights before each word.
    private readonly double[] _before;

    /// <param name="counts">How often each word occurs; at least two of them do.</param>
    public NegativeSampler(IReadOnlyList<long> counts)
    {
        _before = new double[counts.Count + 1];
        for (var i = 0; i < counts.Count; i++)
        {
            // By square roots, which have the same bits everywhere; powers have not.
            var root = Math.Sqrt(counts[i]);
            _before[i + 1] = _before[i] + (root * Math.Sqrt(root));
        }
    }

    /// <summary>One word that is not <paramref name="context"/>: drawn from the line of weights with the context's part cut
    /// out.</summary>
    public int Draw(ref SeededRandom random, int context)
    {
        var cut = _before[context + 1] - _before[context];
        var at = random.NextDouble() * (_before[^1] - cut);
        if (at >= _before[context])
        {
            at += cut;
        }

        // The last word whose part starts at or before it: one of weight 0 starts where the next one does, and is not drawn.
        var (word, end) = (0, _before.Length - 1);
        while (end - word > 1)
        {
            var middle = (word + end) / 2;
            (word, end) = _before[middle] <= at ? (middle, end) : (word, middle);
        }

        return word != context ? word : word > 0 ? word - 1 : word + 1; // only by rounding at the cut's edges
    }
}
