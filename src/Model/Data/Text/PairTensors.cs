using Granary.Jobs;
using static TorchSharp.torch;

namespace Granary.Model.Data;

/// <summary>
/// Pairs of a centre and a context from one run of words. Without a sampler: inputs [B] centres, targets [B] contexts. With
/// one: inputs [B, 2 + N] the centre, the context and N words drawn against it; targets [B] are all 0, the context's place
/// among the N + 1 candidates.
/// </summary>
internal sealed class PairTensors(int[] words, PairPlan pairs, NegativeSampler? sampler, int negatives) : IExampleTensors
{
    /// <inheritdoc/>
    public Batch Gather(ReadOnlySpan<int> rows, ulong digest, PassPlace place)
    {
        var width = sampler is null ? 1 : 2 + negatives;
        var inputs = new long[rows.Length * width];
        var targets = new long[rows.Length];
        var random = place.Stream(RandomPurpose.NegativeSamples);
        for (var b = 0; b < rows.Length; b++)
        {
            var (centre, context) = pairs.Of(rows[b]);
            inputs[b * width] = words[centre];
            if (sampler is null)
            {
                targets[b] = words[context];
                continue;
            }

            inputs[(b * width) + 1] = words[context];
            for (var n = 0; n < negatives; n++)
            {
                inputs[(b * width) + 2 + n] = sampler.Draw(ref random, words[context]);
            }
        }

        return new Batch(
            sampler is null ? tensor(inputs, ScalarType.Int64) : tensor(inputs, [rows.Length, width], ScalarType.Int64),
            tensor(targets, ScalarType.Int64),
            rows.Length,
            rows.Length,
            digest);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Words live in managed memory.
    }
}
