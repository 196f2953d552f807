using Granary.Model.Files;

namespace Granary.Model.Prediction;

/// <summary>The columns of a table of predictions: the file and the class as texts, where there is one, then numbers.</summary>
internal sealed class PredictionColumns
{
    /// <param name="model">The model.</param>
    /// <param name="predictor">What predicts with it.</param>
    /// <param name="hasFiles">Whether each example is a file of its own.</param>
    public PredictionColumns(TrainedModel model, Predictor predictor, bool hasFiles)
    {
        HasFiles = hasFiles;
        var values = model.Facts.Classes.Select(c => (predictor.GivesProbabilities ? "probability." : "output.") + c);
        HasClass = !predictor.GivesNumbers && !predictor.GivesLabels;
        Numbers = [.. predictor.GivesNumbers ? ["prediction"] : values, .. predictor.Explainer is { } explainer ? Explained(explainer) : []];
    }

    /// <summary>The column of files.</summary>
    public const string File = "file";

    /// <summary>Whether the first column is the file.</summary>
    public bool HasFiles { get; }

    /// <summary>Whether the first column, or the one after the file, is the class.</summary>
    public bool HasClass { get; }

    /// <summary>Names of the columns of numbers.</summary>
    public IReadOnlyList<string> Numbers { get; }

    /// <summary>Names of all columns.</summary>
    public IReadOnlyList<string> All => [.. HasFiles ? [File] : Array.Empty<string>(), .. HasClass ? ["class"] : Array.Empty<string>(), .. Numbers];

    /// <summary>What a prediction's explanations add to its values: score, bias and contributions of each.</summary>
    public static IEnumerable<double> Explained(Prediction prediction) =>
        prediction.Explanations?.SelectMany(e => e.Contributions.Prepend(e.Bias).Prepend(e.Score)) ?? [];

    private static IEnumerable<string> Explained(LinearExplainer explainer) => explainer.Of.Count == 0
        ? Explained("", explainer.Columns)
        : explainer.Of.SelectMany(of => Explained($".{of}", explainer.Columns));

    private static IEnumerable<string> Explained(string of, IEnumerable<string> columns) => [$"score{of}", $"bias{of}", .. columns.Select(c => $"contribution{of}.{c}")];
}
