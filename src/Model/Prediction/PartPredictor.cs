using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;

namespace Granary.Model.Prediction;

/// <summary>
/// Predicts an input in parts of a fixed number of batches. A row is predicted in the very batch that it is in when one process predicts the whole, so that the predictions of
/// all parts, one after another, are that process's to the last byte. Rows before a part are counted and not looked at, and none is read twice: parts are asked for in
/// rising order. Not for use by several threads at once.
/// </summary>
public sealed class PartPredictor : IDisposable
{
    private const int BatchesInPart = 16;

    private readonly RowGate _gate = new();
    private readonly TrainedModel _model;
    private readonly string _input;
    private readonly bool _isJson;
    private readonly Predictor _predictor;
    private readonly InputRows _rows;
    private readonly IEnumerator<double[]> _batches;

    /// <param name="model">The model.</param>
    /// <param name="input">What is to be predicted: files that can be read again.</param>
    /// <param name="isJson">Whether predictions are lines of JSON, and not of CSV.</param>
    /// <param name="explain">Whether they come with what scores are made of, which takes a linear model.</param>
    /// <exception cref="JobException">The model or the input cannot be used.</exception>
    public PartPredictor(TrainedModel model, string input, bool isJson, bool explain)
    {
        (_model, _input, _isJson, _predictor) = (model, input, isJson, new Predictor(model, explain));
        try
        {
            _rows = Reading(() => InputRows.Of(model, input, _gate));
        }
        catch
        {
            _predictor.Dispose();
            throw;
        }

        _batches = _rows.Batches.GetEnumerator();
    }

    /// <summary>The first part that can still be asked for.</summary>
    public int Next { get; private set; }

    /// <summary>Rows of a part, but for the last one.</summary>
    /// <param name="model">The model.</param>
    public static long RowsInPart(TrainedModel model) => (long)BatchesInPart * InputRows.InBatch(model);

    /// <summary>Predicts a part.</summary>
    /// <param name="part">Which, not below <see cref="Next"/>.</param>
    /// <param name="output">Where its predictions go; the first part's begin with the header, where there is one.</param>
    /// <returns>What is known of it; without rows where the input has ended before.</returns>
    /// <exception cref="JobException">A cell cannot be used, by file and line, or the output cannot be written.</exception>
    public FinishedPart Write(int part, Stream output)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(part, Next);
        var most = RowsInPart(_model);
        (_gate.First, Next) = (part * most, part + 1);
        var rows = 0L;
        var columns = new PredictionColumns(_model, _predictor, hasFiles: _rows.Names is not null);
        using (IPredictionWriter writer = _isJson ? new JsonPredictions(_model, _predictor, output) : new CsvPredictions(_model, _predictor, columns, output, withHeader: part == 0))
        {
            while (rows < most && Reading(_batches.MoveNext))
            {
                foreach (var prediction in _predictor.Predict(_batches.Current))
                {
                    writer.Add(_rows.Names is { } names ? prediction with { Name = names[(int)(_gate.First + rows)] } : prediction);
                    rows++;
                }
            }
        }

        var found = new FinishedPart(part, rows, rows < most, [.. _rows.Notes.Ignored], _rows.Notes.Unseen);
        _rows.Notes.ForgetUnseen();
        return found;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _batches.Dispose();
        _rows.Dispose();
        _predictor.Dispose();
    }

    private T Reading<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JobException($"{_input}: it cannot be read: {e.Message}");
        }
    }
}
