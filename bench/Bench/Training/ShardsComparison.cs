using Granary.Bench.Measuring;

namespace Granary.Bench.Training;

/// <summary>Eight shards against two on the same two silos with the same global batch, 64 rows a shard: the price of elasticity.</summary>
internal sealed class ShardsComparison : IComparison
{
    private const string TwoShards = "2 shards";
    private const string StepTime = "a step";
    private const int Batch = 512;

    /// <inheritdoc/>
    public string Name => "shards";

    /// <inheritdoc/>
    public async Task<Findings> Run(Session session, CancellationToken cancellation)
    {
        var rounds = await Rounds.Run(session, Name, session.Quick ? 1 : 5, [Sharded(Contestant.Granary, 8), Sharded(TwoShards, 2)], cancellation);
        return rounds.With([.. Row.Of(rounds, Name, StepTime, TwoShards, "ms", Target.Most(1.15), "MLP 784-256-10, batch 512, 8 shards")]);

        Contestant Sharded(string name, int shards)
        {
            var file = SteadyState.JobFile(session, TrainingWork.Mlp, shards, Batch / shards);
            return new Contestant(name, async stop => new Measurement(new Dictionary<string, double>
            {
                [StepTime] = 1e3 / (await SteadyState.Measure(session, file, session.Quick ? 2 : 6, stop)).StepsPerSecond,
            }));
        }
    }
}
