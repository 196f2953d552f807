using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;
using Granary.Model.Prediction;
using static TorchSharp.torch;

namespace Granary.Model.Evaluation;

/// <summary>Permutes one column after the other among all rows of a source that weigh something, and finds how much worse the model's figures become. One thread reads and computes it all, so that
/// a permutation is one of the whole source, and the numbers are the same on every cluster.</summary>
/// <remarks>B batch, C columns, D features, K outputs.</remarks>
public sealed class PermutationImportance
{
    private const int MostRows = 256;
    private const int MostOutputs = 1 << 22;

    private readonly TrainedModel _model;
    private readonly ColumnFeatures _columns;

    /// <exception cref="JobException">The model takes no rows of numbers.</exception>
    public PermutationImportance(TrainedModel model)
    {
        model.MustTake(ExampleKind.Rows, "evaluate --importance is for");
        (_model, _columns) = (model, ColumnFeatures.Of(model));
    }

    /// <summary>Permutes and measures. The thread computes.</summary>
    /// <param name="path">A file or glob in the model's format (idx: the images' file).</param>
    /// <param name="labels">idx: the labels' file.</param>
    /// <param name="question">How often, and from which seed.</param>
    /// <param name="cancellation">Ends it in the middle.</param>
    /// <exception cref="JobException">The data cannot be used, or not by this model.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public ImportanceFigures Run(string path, string? labels, ImportanceQuestion question, CancellationToken cancellation = default) => Run(
        path, labels, question, (repeat, rows) => SeededRandom.For(question.Seed, RandomPurpose.Importance, repeat, 0).Permutation(rows), cancellation);

    /// <summary>The same with given permutations.</summary>
    /// <inheritdoc cref="Run(string, string?, ImportanceQuestion, CancellationToken)" path="/param"/>
    /// <param name="permutation">Of a repeat and the number of rows that weigh something: from which of these each gets the column's value.</param>
    internal ImportanceFigures Run(string path, string? labels, ImportanceQuestion question, Func<int, int, int[]> permutation, CancellationToken cancellation = default)
    {
        var source = EvaluationSource.Read(_model, path, labels, 0, 1);
        using var tensors = source.ToTensors(_model.Model.Precision, _model.Facts);
        using var parameters = _model.Parameters();
        var network = _model.Network();
        var none = new ComparedFigures(_model, network);
        var repeats = new ComparedFigures[question.Repeats][]; // [repeats][columns]
        var truths = source.Labelled?.Targets ?? [];
        var each = ModelKinds.Of(_model.Model).OutputsPerExample(_model.Model, _model.Facts.Shape);
        var rows = (int)Math.Clamp(MostOutputs / each, 1, MostRows); // by the model alone: other shapes may give other last bits
        int[] weighing = [.. Enumerable.Range(0, source.Rows).Where(row => source.Labelled?.Weights?[row] != 0)]; // others may hold anything
        for (var repeat = 0; repeat < question.Repeats; repeat++)
        {
            var from = permutation(repeat, weighing.Length);
            repeats[repeat] = [.. _columns.Names.Select(_ => new ComparedFigures(_model, network))];
            for (var first = 0; first < weighing.Length; first += rows)
            {
                cancellation.ThrowIfCancellationRequested();
                var end = Math.Min(first + rows, weighing.Length);
                Add(weighing[first..end], [.. from[first..end].Select(i => weighing[i])], repeat == 0 ? none : null, repeats[repeat]);
            }
        }

        return new ImportanceFigures(question.Repeats, question.Seed, Sorted(none, repeats));

        void Add(int[] own, int[] others, ComparedFigures? unchanged, ComparedFigures[] permuted)
        {
            using var scope = NewDisposeScope();
            using var mode = no_grad();
            var batch = tensors.Gather(own, 0, new PassPlace(0, -1, 0, own[0]));
            var donors = tensors.Gather(others, 0, new PassPlace(0, -1, 0, own[0])).Inputs; // [B, D]
            double[] truth = truths.Length == 0 ? [] : [.. own.Select(row => truths[row])];
            unchanged?.Add(Outputs(batch.Inputs), batch, truth);
            var inputs = batch.Inputs.clone(); // [B, D]
            for (var c = 0; c < permuted.Length; c++)
            {
                using var within = NewDisposeScope();
                var (at, count) = (_columns.First(c), _columns.Ends[c] - _columns.First(c));
                inputs.narrow(1, at, count).copy_(donors.narrow(1, at, count));
                permuted[c].Add(Outputs(inputs), batch, truth);
                inputs.narrow(1, at, count).copy_(batch.Inputs.narrow(1, at, count));
            }
        }

        Tensor Outputs(Tensor inputs) => network.Outputs(parameters.Views, inputs).to(ScalarType.Float64); // [B, D] -> [B, K]
    }

    private ColumnImportance[] Sorted(ComparedFigures none, ComparedFigures[][] repeats)
    {
        RepeatedFigure Over(int column, Func<ComparedFigures, double> worse) => RepeatedFigure.Of([.. repeats.Select(r => worse(r[column]))]);
        var columns = _columns.Names.Select((name, c) => !_model.Facts.Shape.IsNumber
            ? new ColumnImportance(name) { Loss = Over(c, f => f.Loss - none.Loss), Accuracy = Over(c, f => none.Accuracy - f.Accuracy) }
            : new ColumnImportance(name)
            {
                Rmse = Over(c, f => f.Numbers.Rmse - none.Numbers.Rmse),
                R2 = none.Numbers.R2 is { } r2 ? Over(c, f => r2 - f.Numbers.R2!.Value) : null,
            });
        return [.. columns.OrderByDescending(c => (c.Loss ?? c.Rmse)!.Mean)]; // of equal ones the first of the table comes first
    }
}
