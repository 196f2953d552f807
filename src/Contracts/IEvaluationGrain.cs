namespace Granary.Contracts;

/// <summary>Evaluates one saved model on one source. Key: any id. Cuts the source into shards, has a grain evaluate each, spread over
/// the silos, and adds up. Owns nothing that lasts: if it is lost, the next question begins anew.</summary>
[Alias("granary.IEvaluationGrain")]
public interface IEvaluationGrain : IGrainWithStringKey
{
    /// <summary>The answer; null while it is being found. The first question begins.</summary>
    [Alias("Ask")]
    Task<EvaluationAnswer?> Ask(EvaluationRequest request);
}

/// <summary>Evaluates one shard of a source. Key: "{id}/{shard}". Keeps the scores of its examples until it leaves; a lost activation
/// costs one more pass over its shard.</summary>
[Alias("granary.IEvaluationShardGrain")]
public interface IEvaluationShardGrain : IGrainWithStringKey
{
    /// <summary>What the model makes of the shard.</summary>
    /// <exception cref="JobException">Model or data cannot be used.</exception>
    [Alias("Evaluate"), ResponseTimeout(LongAnswer.Time)]
    Task<ShardFigures> Evaluate(EvaluationRequest request, int shards);

    /// <summary>Some of the scores of a class, from one on; empty at the end. Evaluates where it has not.</summary>
    /// <param name="request">What is evaluated.</param>
    /// <param name="shards">Parts that the source was cut into.</param>
    /// <param name="list">The class; -1: all pairs of an example and a class.</param>
    /// <param name="from">Scores to be left out.</param>
    [Alias("Scores"), ResponseTimeout(LongAnswer.Time)]
    Task<ScorePage> Scores(EvaluationRequest request, int shards, int list, int from);

    /// <summary>Ends this activation.</summary>
    [Alias("Leave")]
    Task Leave();
}

/// <summary>What is to be evaluated. Paths are absolute, the same for every silo.</summary>
/// <param name="Model">A model.safetensors, or a job's output folder.</param>
/// <param name="Data">A file or glob in the format that the model was trained on (idx: the images' file).</param>
/// <param name="Labels">idx: the labels' file.</param>
/// <param name="Importance">Whether columns are permuted, and how; null: they are not.</param>
[GenerateSerializer, Immutable, Alias("granary.EvaluationRequest")]
public sealed record EvaluationRequest(
    [property: Id(0)] string Model, [property: Id(1)] string Data, [property: Id(2)] string? Labels, [property: Id(3)] ImportanceQuestion? Importance = null);

/// <summary>How often a class was taken for another, or for itself; where rows are weighted, what these examples weigh.</summary>
[GenerateSerializer, Immutable, Alias("granary.ConfusionCell")]
public readonly record struct ConfusionCell([property: Id(0)] int Truth, [property: Id(1)] int Predicted, [property: Id(2)] double Count);

/// <summary>What a model makes of one shard.</summary>
/// <param name="Examples">How many (text: windows; words: pairs).</param>
/// <param name="Predictions">Predictions made: one per example, or one per token.</param>
/// <param name="LossSum">Sum of the examples' losses, each as often as its row weighs.</param>
/// <param name="Correct">Predictions that are right; where rows are weighted, what they weigh.</param>
/// <param name="Confusion">Truths and predictions; empty for text.</param>
/// <param name="Numbers">Where the target is a number: how far predictions are from it, in its own units; null otherwise.</param>
/// <param name="Probabilities">What the probabilities of classes add up to; null where the model gives none.</param>
/// <param name="HasScores">Whether <see cref="IEvaluationShardGrain.Scores"/> has any to tell.</param>
/// <param name="Truths">Where the target is a number: that of some examples, to be drawn; empty otherwise.</param>
/// <param name="Predicted">What was predicted for these.</param>
/// <param name="Weight">What the rows weigh in all, where a column says it; null otherwise.</param>
/// <param name="Labels">Where a row has any number of labels: what rows have and are said to have; null otherwise.</param>
[GenerateSerializer, Immutable, Alias("granary.ShardFigures")]
public sealed record ShardFigures(
    [property: Id(0)] long Examples,
    [property: Id(1)] long Predictions,
    [property: Id(2)] double LossSum,
    [property: Id(3)] double Correct,
    [property: Id(4)] IReadOnlyList<ConfusionCell> Confusion,
    [property: Id(5)] NumberErrors? Numbers,
    [property: Id(6)] ProbabilitySums? Probabilities,
    [property: Id(7)] bool HasScores,
    [property: Id(8)] double[] Truths,
    [property: Id(9)] double[] Predicted,
    [property: Id(10)] double? Weight = null,
    [property: Id(11)] LabelSums? Labels = null);

/// <summary>Some of a shard's examples by their score for a class, rising; those of one score together.</summary>
/// <param name="Scores">Probability of the class.</param>
/// <param name="Positives">Examples of the class with that score, or what they weigh.</param>
/// <param name="Negatives">Other examples, likewise.</param>
[GenerateSerializer, Immutable, Alias("granary.ScorePage")]
public sealed record ScorePage(
    [property: Id(0)] double[] Scores, [property: Id(1)] double[] Positives, [property: Id(2)] double[] Negatives);

/// <summary>What came of an evaluation.</summary>
/// <param name="Report">The figures; null where it failed.</param>
/// <param name="Failure">Why it failed, for people.</param>
[GenerateSerializer, Immutable, Alias("granary.EvaluationAnswer")]
public sealed record EvaluationAnswer([property: Id(0)] EvaluationReport? Report, [property: Id(1)] string? Failure);

/// <summary>A model's figures over all examples of a source.</summary>
/// <param name="Model">Kind of model: "mlp".</param>
/// <param name="Examples">How many (text: windows; words: pairs).</param>
/// <param name="Predictions">Predictions made: one per example, or one per token.</param>
/// <param name="Loss">Mean loss per example, each as often as its row weighs.</param>
/// <param name="Accuracy">Part of the predictions that are right, of several labels in all of them, likewise; 0 where the target is a number.</param>
/// <param name="Classes">Label names in class order; empty for text.</param>
/// <param name="Confusion">Truths and predictions; empty for text.</param>
/// <param name="IsLogLoss">Whether the loss is -log of the probability given to the truth.</param>
/// <param name="RocAuc">Two classes with probabilities: area under the ROC curve; null elsewhere, and where only one class occurs.</param>
/// <param name="Perplexity">Text: e to the loss; null elsewhere.</param>
/// <param name="Shards">Parts that the source was cut into.</param>
/// <param name="Numbers">Where the target is a number: the errors, in its own units; null otherwise.</param>
/// <param name="Figures">Where there are classes: all figures of these; null otherwise.</param>
/// <param name="Curves">Where up to ten classes are ranked: how, and of more than two also all of them together; empty otherwise.</param>
/// <param name="Truths">Where the target is a number: that of some examples, to be drawn; empty otherwise.</param>
/// <param name="Predicted">What was predicted for these.</param>
/// <param name="WeightedBy">The column that says what each row weighs; null: each weighs 1.</param>
/// <param name="Weight">What the rows weigh in all; null likewise.</param>
/// <param name="Importance">How much each column matters; null where nobody asked.</param>
[GenerateSerializer, Immutable, Alias("granary.EvaluationReport")]
public sealed record EvaluationReport(
    [property: Id(0)] string Model,
    [property: Id(1)] long Examples,
    [property: Id(2)] long Predictions,
    [property: Id(3)] double Loss,
    [property: Id(4)] double Accuracy,
    [property: Id(5)] IReadOnlyList<string> Classes,
    [property: Id(6)] IReadOnlyList<ConfusionCell> Confusion,
    [property: Id(7)] bool IsLogLoss,
    [property: Id(8)] double? RocAuc,
    [property: Id(9)] double? Perplexity,
    [property: Id(10)] int Shards,
    [property: Id(11)] NumberFigures? Numbers,
    [property: Id(12)] ClassFigures? Figures,
    [property: Id(13)] IReadOnlyList<ClassCurve> Curves,
    [property: Id(14)] double[] Truths,
    [property: Id(15)] double[] Predicted,
    [property: Id(16)] string? WeightedBy = null,
    [property: Id(17)] double? Weight = null,
    [property: Id(18)] ImportanceFigures? Importance = null);
