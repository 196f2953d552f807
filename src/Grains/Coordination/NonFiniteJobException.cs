using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <summary>A loss or gradient stopped being finite: the job's own failure, with the weights before that step still good.</summary>
internal sealed class NonFiniteJobException(WorkerTrouble trouble) : Exception
{
    /// <summary>The message for people; asks the members which shard it was where that is not known.</summary>
    public async Task<string> Explain(Attempt attempt, int shards)
    {
        await attempt.Crew.Halt();
        await attempt.Hear(trouble.Step);
        var shard = trouble.Shard ?? await attempt.Crew.FindNonFinite();
        var where = shard is { } v ? $"shard {v}" : $"the sum over {Plural.Of(shards, "shard")}";
        return $"step {trouble.Step}, {where}: {trouble.Message}. The weights before this step were kept. "
            + "A smaller training.optimizer.learningRate, or training.clipNorm, usually helps.";
    }
}
