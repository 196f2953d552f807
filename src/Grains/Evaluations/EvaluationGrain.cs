using System.Globalization;
using Granary.Contracts;
using Granary.Grains.Liveness;
using Granary.Grains.Shards;
using Granary.Jobs;
using Granary.Model.Evaluation;
using Granary.Model.Files;
using Orleans.Placement;

namespace Granary.Grains.Evaluations;

/// <summary>See <see cref="IEvaluationGrain"/>. It keeps its answer, which may be lost on its way, until nobody has asked for it for a while.</summary>
[KeepAlive, Immovable]
internal sealed class EvaluationGrain(SavedModels models, ReadingThreads threads, IClusterMembershipService cluster, CallerPatience patience) : Grain, IEvaluationGrain
{
    // As many as the model was trained on, but no more than this: the cut must not depend on the cluster.
    private const int MostShards = 64;

    private readonly SpreadCalls _calls = new(cluster);
    private readonly CallerWatch _caller = new(TimeProvider.System, patience);
    private Task<ShardFigures>[] _shards = [];
    private readonly CancellationTokenSource _forsaken = new();
    private EvaluationAnswer? _answer;
    private bool _begun;

    /// <inheritdoc/>
    public Task<EvaluationAnswer?> Ask(EvaluationRequest request)
    {
        _caller.Asked();
        if (!_begun)
        {
            _begun = true;
            this.RegisterGrainTimer(LookForCaller, new GrainTimerCreationOptions(_caller.LookEvery, _caller.LookEvery) { Interleave = true });
            _ = Run(request);
        }

        return Task.FromResult(_answer);
    }

    // What has begun on the shards goes on: each of them makes one pass.
    private async Task LookForCaller()
    {
        if (_caller.IsGone)
        {
            await _forsaken.CancelAsync();
            if (_answer is not null)
            {
                DeactivateOnIdle();
            }
        }
    }

    private async Task Run(EvaluationRequest request)
    {
        try
        {
            _answer = new EvaluationAnswer(await Evaluate(request), null);
        }
        catch (OperationCanceledException) when (_forsaken.IsCancellationRequested)
        {
            DeactivateOnIdle(); // who comes back has it begun anew
        }
#pragma warning disable CA1031 // the caller must get it as an answer
        catch (Exception e)
#pragma warning restore CA1031
        {
            _answer = new EvaluationAnswer(null, e is JobException ? e.Message : $"the evaluation failed {SpreadCalls.Tries} times; the last cause: {e.GetType().Name}: {e.Message}");
        }

        await LeaveShards(); // where one of them has failed, the others are at work still
        models.Forget(request.Model);
    }

    private async Task<EvaluationReport> Evaluate(EvaluationRequest request)
    {
        var model = await models.Get(request.Model);
        var columns = request.Importance is null ? null : new PermutationImportance(model); // refuses before anything is read
        var shards = Math.Min(MostShards, model.Data.Shards);
        _shards = [.. Enumerable.Range(0, shards).Select(v => OnShard(v, s => s.Evaluate(request, shards)))];
        var done = new List<ShardFigures>();
        foreach (var figures in _shards)
        {
            done.Add(await figures); // of several failures that of the lowest shard is reported
        }

        var report = await Add(model, request, done);
        await LeaveShards();

        // Here alone, over the whole source: a permutation knows no shards.
        return columns is null ? report
            : report with { Importance = await threads.Run(() => columns.Run(request.Data, request.Labels, request.Importance!, _forsaken.Token)) };
    }

    private async Task LeaveShards()
    {
        var asked = _shards;
        _shards = [];
        await Task.WhenAll(asked.Select(async (evaluated, shard) =>
        {
            await ((Task)evaluated).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            try
            {
                await Shard(shard).Leave();
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                // Its silo is gone, and it with it.
            }
        }));
    }

    private async Task<EvaluationReport> Add(TrainedModel model, EvaluationRequest request, List<ShardFigures> done)
    {
        var (examples, predictions) = (done.Sum(d => d.Examples), done.Sum(d => d.Predictions));
        if (examples == 0)
        {
            throw new JobException($"{Path.GetFileName(request.Data)}: there is nothing to evaluate: it has no examples"
                + (model.Data.Examples == ExampleKind.Windows ? $", of which each takes {model.Model.Context + 1} tokens within one of {Plural.Of(done.Count, "part")}." : "."));
        }

        var (text, tree) = (model.Data.IsText, new SumTree(done.Count));
        var weight = done.TrueForAll(d => d.Weight is null) ? null : tree.Sum(v => done[v].Weight);
        if (weight == 0)
        {
            throw new JobException($"{Path.GetFileName(request.Data)}: column '{model.Data.Weight}' (data.weight) is 0 in every row: there is nothing to measure on. Give rows a weight above 0, or take the column out.");
        }

        var loss = tree.Sum(v => done[v].Examples > 0 ? done[v].LossSum : null)!.Value / (weight ?? examples);
        var confusion = ScorePages.Sum(done.SelectMany(d => d.Confusion));
        var labels = LabelSums.Of(done.Select(d => d.Examples > 0 ? d.Labels : null));
        var (figures, curves) = text || model.Facts.Shape.IsNumber ? (null, []) : await Classes(model, request, done, confusion, labels);
        return new EvaluationReport(
            model.Model.Kind,
            examples,
            predictions,
            loss,
            labels is not null ? labels.Exact / labels.Weight : tree.Sum(v => done[v].Correct)!.Value / (weight ?? predictions),
            text ? [] : model.Facts.Classes,
            confusion,
            !model.Facts.Shape.IsNumber && ModelKinds.Of(model.Model).LosesByLikelihood(model.Model),
            model.Facts.Shape is { Classes: 2, IsMultiLabel: false } ? figures?.Classes[1].RocAuc : null,
            text ? Math.Exp(loss) : null,
            done.Count,
            NumberErrors.Of([.. done.Select(d => d.Numbers)])?.Figures(),
            figures,
            curves,
            [.. done.SelectMany(d => d.Truths)],
            [.. done.SelectMany(d => d.Predicted)],
            weight is null ? null : model.Data.Weight,
            weight);
    }

    // Predictions were counted under the model's own threshold.
    private async Task<(ClassFigures? Figures, IReadOnlyList<ClassCurve> Curves)> Classes(
        TrainedModel model, EvaluationRequest request, List<ShardFigures> done, IReadOnlyList<ConfusionCell> confusion, LabelSums? labels)
    {
        var hasScores = done.All(d => d.HasScores || d.Examples == 0);
        var (probabilities, examples) = (ProbabilitySums.Of(done.Select(d => d.Probabilities)), done.Sum(d => d.Examples));
        if (labels is not null)
        {
            return await new RankedLabels(model.Facts.Classes, labels, probabilities, examples, hasScores ? Feed : null).Of();
        }

        var (figures, curves) = await new RankedFigures(model.Facts.Classes, confusion, probabilities, examples, hasScores ? Feed : null).Of(rule: null);
        return (model.Facts.Threshold is { } threshold
            ? figures with { Threshold = new ThresholdFigures(threshold, model.Data.Validation.Threshold) } : figures, curves);

        Task Feed(int list, RankCurve curve) => Merge(request, done.Count, list, curve);
    }

    // A merge of the shards' rising scores, page by page: memory does not grow with the examples.
    private async Task Merge(EvaluationRequest request, int shards, int list, RankCurve curve)
    {
        var cursors = Enumerable.Range(0, shards).Select(v => new Cursor(from => OnShard(v, s => s.Scores(request, shards, list, from)))).ToArray();
        var queue = new PriorityQueue<Cursor, double>();
        foreach (var cursor in cursors)
        {
            await Enqueue(cursor);
        }

        while (queue.TryDequeue(out var next, out _))
        {
            var run = next.Take();
            curve.Add(run.Score, run.Positives, run.Negatives);
            await Enqueue(next);
        }

        async Task Enqueue(Cursor cursor)
        {
            if (await cursor.Peek() is { } score)
            {
                queue.Enqueue(cursor, score);
            }
        }
    }

    private Task<T> OnShard<T>(int shard, Func<IEvaluationShardGrain, Task<T>> ask) => _calls.Ask(shard, () => ask(Shard(shard)));

    private IEvaluationShardGrain Shard(int shard) => GrainFactory.GetGrain<IEvaluationShardGrain>(
        string.Create(CultureInfo.InvariantCulture, $"{this.GetPrimaryKeyString()}/{shard}"));

    private sealed class Cursor(Func<int, Task<ScorePage>> read)
    {
        private ScorePage? _page;
        private int _at;
        private int _read;

        public async Task<double?> Peek()
        {
            if (_page is null || _at == _page.Scores.Length)
            {
                _page = await read(_read);
                (_at, _read) = (0, _read + _page.Scores.Length);
            }

            return _page.Scores.Length > 0 ? _page.Scores[_at] : null;
        }

        public ScoreRun Take()
        {
            var run = new ScoreRun(_page!.Scores[_at], _page.Positives[_at], _page.Negatives[_at]);
            _at++;
            return run;
        }
    }
}
