using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Where a pass stands in its job. Whatever a pass draws at random it draws from here, so that it depends
/// on neither the silo, the thread nor the number of passes made before it.</summary>
/// <param name="Seed">The job's seed.</param>
/// <param name="Epoch">The epoch, from 0; -1 for the held-out examples, which are met in the same way after every epoch.</param>
/// <param name="Shard">The shard.</param>
/// <param name="First">The first row of the shard's permutation (held-out examples: of their order in the source) that the pass
/// takes: with the epoch, it tells the step.</param>
public sealed record PassPlace(long Seed, int Epoch, int Shard, int First)
{
    /// <summary>A fresh stream for one purpose: asked twice, it begins anew.</summary>
    public SeededRandom Stream(RandomPurpose purpose) => SeededRandom.For(Seed, purpose, Epoch, Shard, First);
}
