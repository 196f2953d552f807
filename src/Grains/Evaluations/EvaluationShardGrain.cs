using System.Globalization;
using Granary.Contracts;
using Granary.Grains.Shards;
using Granary.Model.Evaluation;
using Orleans.Placement;

namespace Granary.Grains.Evaluations;

/// <summary>See <see cref="IEvaluationShardGrain"/>. Computes on the silo's reading threads, of which there are as many as compute threads.</summary>
/// <remarks>Placed at random, that is by the hint with which it is called. Where nobody is left to end it, as its grain's silo died, it ends by itself; the time is longer than that between the first shard's end and the last one's.</remarks>
[RandomPlacement, Immovable, CollectionAgeLimit(Hours = 12)]
internal sealed class EvaluationShardGrain(SavedModels models, ReadingThreads threads) : Grain, IEvaluationShardGrain
{
    private const int PageRuns = 1 << 13; // 192 KB a message

    private Task<ShardEvaluation>? _done;
    private string _model = "";

    private int Shard => int.Parse(this.GetPrimaryKeyString().Split('/')[^1], CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public async Task<ShardFigures> Evaluate(EvaluationRequest request, int shards)
    {
        var done = await Done(request, shards);
        return new ShardFigures(
            done.Examples, done.Predictions, done.LossSum, done.Correct, ScorePages.Cells(done.Classes?.Confusion), done.Numbers,
            done.Classes?.Probabilities ?? done.Labels?.Probabilities, Scored(done) is not null, done.Sample?.Truths ?? [], done.Sample?.Predictions ?? [], done.Weight, done.Labels?.Sums);
    }

    /// <inheritdoc/>
    public async Task<ScorePage> Scores(EvaluationRequest request, int shards, int list, int from) =>
        ScorePages.Of(Scored(await Done(request, shards))?.Runs(list).Skip(from).Take(PageRuns).ToArray() ?? []);

    private static RankedScores? Scored(ShardEvaluation done) => done.Classes?.Scores ?? done.Labels?.Scores;

    private Task<ShardEvaluation> Done(EvaluationRequest request, int shards) => _done ??= Run(request, shards);

    private async Task<ShardEvaluation> Run(EvaluationRequest request, int shards)
    {
        var shard = Shard;
        var model = await models.Get(_model = request.Model);
        return await threads.Run(() => ShardEvaluation.Run(model, request.Data, request.Labels, shard, shards));
    }

    /// <inheritdoc/>
    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        models.Forget(_model);
        return Task.CompletedTask;
    }
}
