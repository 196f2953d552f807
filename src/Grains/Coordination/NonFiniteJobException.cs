using Granary.Contracts;

namespace Granary.Grains.Coordination;

/// <summary>A loss or gradient stopped being finite: the job's own failure, with the weights before that step still good.</summary>
internal sealed class NonFiniteJobException(WorkerTrouble trouble) : Exception
{
    /// <summary>The message for people; asks the crew which shard it was where that is not known.</summary>
    public async Task<string> Explain(Crew crew, int shards)
    {
        await crew.Halt();
        var shard = trouble.Shard ?? await crew.FindNonFinite();
        var where = shard is { } v ? $"shard {v}" : $"the sum over {shards} shards";
        return $"step {trouble.Step}, {where}: {trouble.Message}. The weights before this step were kept. "
            + "A smaller training.optimizer.learningRate, or training.clipNorm, usually helps.";
    }
}
