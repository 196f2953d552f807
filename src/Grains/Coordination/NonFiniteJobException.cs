using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <summary>A loss or gradient stopped being finite: the job's own failure, with the weights before that step still good.</summary>
internal sealed class NonFiniteJobException(WorkerTrouble trouble) : Exception
{
    /// <summary>The message for people; asks the members which shard it was where that is not known.</summary>
    public async Task<string> Explain(GenerationRun run, int shards)
    {
        await run.Group.Halt();
        await run.Hear(trouble.Step);
        var (shard, unreliable) = trouble.Shard is { } known ? (known, null) : await run.Group.FindNonFinite();
        if (unreliable is not null && shard is null && trouble.Kind == TroubleKind.NonFiniteGradient)
        {
            return $"step {trouble.Step}, silo {unreliable}: {trouble.Message}. Computed once more, from the same weights and examples, it is finite: "
                + "the arithmetic is not reproducible on this silo. The weights before this step were kept. "
                + "Go on without this silo (--continue), and test its memory and its processor.";
        }

        var where = shard is { } v ? $"shard {v}" : $"the sum over {Plural.Of(shards, "shard")}";
        return $"step {trouble.Step}, {where}: {trouble.Message}. The weights before this step were kept. "
            + "A smaller training.optimizer.learningRate, or training.clipNorm, usually helps.";
    }
}
