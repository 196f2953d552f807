using Granary.Model.Files;

namespace Granary.Model.Prediction;

/// <summary>The columns of a table of predictions: the class as a text, where there is one, then numbers.</summary>
internal sealed class PredictionColumns
{
    /// <param name="model">The model.</param>
    /// <param name="predictor">What predicts with it.</param>
    public PredictionColumns(TrainedModel model, Predictor predictor)
    {
        var values = model.Facts.Classes.Select(c => (predictor.GivesProbabilities ? "probability." : "output.") + c);
        HasClass = !predictor.GivesNumbers && !predictor.GivesLabels;
        Numbers = [.. predictor.GivesNumbers ? ["prediction"] : values, .. predictor.Explainer is { } explainer ? Explained(explainer) : []];
    }

    /// <summary>Whether the first column is the class.</summary>
    public bool HasClass { get; }

    /// <summary>Names of the columns of numbers.</summary>
    public IReadOnlyList<string> Numbers { get; }

    /// <summary>Names of all columns.</summary>
    public IReadOnlyList<string> All => HasClass ? ["class", .. Numbers] : Numbers;

    /// <summary>What a prediction's explanations add to its values: score, bias and contributions of each.</summary>
    public static IEnumerable<double> Explained(Prediction prediction) =>
        prediction.Explanations?.SelectMany(e => e.Contributions.Prepend(e.Bias).Prepend(e.Score)) ?? [];

    private static IEnumerable<string> Explained(LinearExplainer explainer) => explainer.Of.Count == 0
        ? Explained("", explainer.Columns)
        : explainer.Of.SelectMany(of => Explained($".{of}", explainer.Columns));

    private static IEnumerable<string> Explained(string of, IEnumerable<string> columns) => [$"score{of}", $"bias{of}", .. columns.Select(c => $"contribution{of}.{c}")];
}
