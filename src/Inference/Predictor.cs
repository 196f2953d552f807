using System.Globalization;
using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Prediction;

namespace Granary.Inference;

/// <summary>A trained linear, logistic, softmax or MLP model, or one of a kind of one's own, in this process. Not for use by several threads at once.</summary>
/// <remarks>D features, K classes.</remarks>
public sealed class Predictor : IDisposable
{
    private readonly TrainedModel _model;
    private readonly Model.Prediction.Predictor _predictor;
    private RowEncoder? _encoder;

    private Predictor(TrainedModel model) => (_model, _predictor) = (model, new Model.Prediction.Predictor(model));

    /// <summary>The columns of the training data, which rows of text give by name; empty where it has no names.</summary>
    public IReadOnlyList<string> Columns => _model.Facts.Inputs;

    /// <summary>The features' names, in the order in which examples give them; empty where the training data has none. Where the job described columns, these are
    /// what the columns have become.</summary>
    public IReadOnlyList<string> Features => _model.Facts.Columns;

    /// <summary>The classes, as the training data spells them, or the labels' columns; empty of a regression.</summary>
    public IReadOnlyList<string> Classes => _model.Facts.Classes;

    /// <summary>Whether <see cref="Prediction.Values"/> are probabilities.</summary>
    public bool GivesProbabilities => _predictor.GivesProbabilities;

    /// <summary>Whether it predicts numbers, as a regression does, and no classes.</summary>
    public bool GivesNumbers => _predictor.GivesNumbers;

    /// <summary>Whether an example has any number of the labels, each with a probability of its own, and not one class.</summary>
    public bool GivesLabels => _predictor.GivesLabels;

    /// <summary>Reads a model.</summary>
    /// <param name="path">A model.safetensors, or the output folder of a job.</param>
    /// <returns>The model, ready.</returns>
    /// <exception cref="ModelRefusedException">It is damaged, or of a kind that predicts neither classes nor numbers.</exception>
    public static Predictor Load(string path) => ModelRefusedException.Wrap(() => new Predictor(TrainedModel.Load(path)));

    /// <summary>The same without holding up the caller.</summary>
    /// <param name="path">A model.safetensors, or the output folder of a job.</param>
    /// <param name="cancellationToken">Gives up, unless the reading has begun.</param>
    /// <returns>The model, ready.</returns>
    /// <exception cref="ModelRefusedException">It is damaged, or of a kind that predicts neither classes nor numbers.</exception>
    public static Task<Predictor> LoadAsync(string path, CancellationToken cancellationToken = default) => Task.Run(() => Load(path), cancellationToken);

    /// <summary>Predicts the class or the number of one example.</summary>
    /// <param name="example">[D] as the training data has them: they are standardised here where training did so.</param>
    /// <returns>What the model says of it.</returns>
    /// <exception cref="ArgumentException">There are more or fewer numbers than features.</exception>
    public Prediction Predict(params ReadOnlySpan<double> example) => example.Length == Width
        ? Of(_predictor.Predict(example)[0])
        : throw new ArgumentException($"An example of {_model.Name} has {Width} numbers, and this one has {example.Length}.", nameof(example));

    /// <summary>Predicts the class or the number of one example, by its features' names.</summary>
    /// <param name="example">Each feature's value. Others may be there too.</param>
    /// <returns>What the model says of it.</returns>
    /// <exception cref="ArgumentException">A feature is missing.</exception>
    public Prediction Predict(IReadOnlyDictionary<string, double> example)
    {
        ArgumentNullException.ThrowIfNull(example);
        var missing = Features.Where(f => !example.ContainsKey(f)).ToArray();
        return Features.Count > 0 && missing.Length == 0
            ? Predict([.. Features.Select(f => example[f])])
            : throw new ArgumentException(
                Features.Count == 0 ? $"The features of {_model.Name} have no names." : $"There is no value for {string.Join(", ", missing)}.", nameof(example));
    }

    /// <summary>Predicts the class or the number of a row of text, as a file of the training data has it. For models of described columns, whose features are made of it.</summary>
    /// <param name="row">Each column's cell, by its name; null or an empty one: it is missing. Others may be there too.</param>
    /// <returns>What the model says of it.</returns>
    /// <exception cref="ArgumentException">A column is not there.</exception>
    /// <exception cref="ModelRefusedException">The job described no columns, or a cell cannot be used.</exception>
    public Prediction PredictRow(IReadOnlyDictionary<string, string?> row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var missing = Columns.Where(c => !row.ContainsKey(c)).ToArray();
        return missing.Length > 0
            ? throw new ArgumentException($"There is no value for {string.Join(", ", missing)}.", nameof(row))
            : ModelRefusedException.Wrap(() => Of(_predictor.Predict(Encoder.Encode(c => (row[Columns[c]] ?? "").Trim(), what => new JobException($"{what}.")))[0]));
    }

    /// <summary>Predicts the class or the number of every row of a table (CSV, Parquet, lines of JSON), whose columns are matched by name, or of every image of an IDX file or
    /// line of LIBSVM; read and predicted as they are asked for.</summary>
    /// <param name="path">A file; of tables also a folder or a glob.</param>
    /// <returns>What the model says of each.</returns>
    /// <exception cref="ModelRefusedException">The file is not what the model needs; a bad cell is named by file and line.</exception>
    public IEnumerable<Prediction> PredictFile(string path)
    {
        using var rows = ModelRefusedException.Wrap(() => InputRows.Of(_model, path));
        using var batches = rows.Batches.GetEnumerator();
        while (ModelRefusedException.Wrap(batches.MoveNext))
        {
            foreach (var prediction in _predictor.Predict(batches.Current))
            {
                yield return Of(prediction);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _predictor.Dispose();

    private RowEncoder Encoder => _encoder ??= _model.Facts.Table is { } table
        ? new RowEncoder(_model, table)
        : throw new JobException($"{_model.Name}: its job described no columns (data.columns): give numbers.");

    private int Width => _model.Facts.Shape.Features;

    private static Prediction Several(Model.Prediction.Prediction prediction, string[] labels) => new(string.Join(", ", labels), -1, prediction.Values) { Labels = labels };

    private Prediction Of(Model.Prediction.Prediction prediction) => GivesNumbers
        ? new(prediction.Values[0].ToString("R", CultureInfo.InvariantCulture), -1, prediction.Values) { Number = prediction.Values[0] }
        : prediction.Labels is { } said ? Several(prediction, [.. Classes.Where((_, k) => said[k])])
        : new(Classes[prediction.Class], prediction.Class, prediction.Values);
}
