using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;

namespace Granary.Model.Prediction;

/// <summary>What is to be predicted, without labels, in batches that the model's features alone bound.</summary>
/// <param name="Batches">[B, D] each, row by row as the source has them, missing values filled in; read as they are asked for.</param>
/// <param name="Notes">What of it the model does not know.</param>
internal sealed record InputRows(IEnumerable<double[]> Batches, InputNotes Notes) : IDisposable
{
    private const int MostRows = 1024;
    private const int MostNumbers = 1 << 22;

    /// <summary>What each example is called, such as the file of an image, in the order of the batches; null: they have no names.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>What is open until the batches have been read; null: nothing.</summary>
    public IDisposable? Open { get; init; }

    /// <summary>Rows in a batch, but for the last one: what a row's numbers come to may depend on those that are computed beside it.</summary>
    public static int InBatch(TrainedModel model) => Math.Clamp(MostNumbers / model.Facts.Shape.Features, 1, MostRows);

    /// <summary>Opens images (in an IDX file, or in files of their own), or lines of LIBSVM, for a model of these; for one whose features have names, rows of CSV or Parquet files or lines of JSON, whichever they are.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">A file, which may be a pipe or "-", standard input; of tables also a folder or a glob.</param>
    /// <param name="gate">Lets only some rows through, which begin with a batch; null: all.</param>
    /// <exception cref="JobException">The file is not what the model needs.</exception>
    public static InputRows Of(TrainedModel model, string path, RowGate? gate = null)
    {
        var rows = InBatch(model);
        gate ??= new RowGate();
        if (FormatCatalogue.Find(model.Data)?.Inputs(model, path, rows, gate) is { } inputs)
        {
            return inputs;
        }

        if (model.Facts.Columns.Count == 0)
        {
            throw new JobException($"{model.Name}: it was trained on {model.Data.Format}, whose features have no names; predict matches the columns of a table by name.");
        }

        var paths = Files(path);
        return ParquetInputs.Are(paths) ? ParquetInputs.Of(model, paths, rows, gate) : LineInputs.Of(model, paths, rows, gate);
    }

    /// <summary>The files that a path stands for.</summary>
    /// <exception cref="JobException">It is a folder or a glob without any.</exception>
    public static IReadOnlyList<string> Read(string path) => path == SourceFile.StandardInput ? ["/dev/stdin"] : Files(path);

    private static IReadOnlyList<string> Files(string path) => path == SourceFile.StandardInput || !DataFiles.IsSeveral(path) ? [path]
        : DataFiles.Refusal(path, isTable: false) is { } refusal ? throw new JobException(refusal)
        : DataFiles.Expand(path);

    /// <summary>Rows in batches.</summary>
    /// <param name="features">[D] each.</param>
    /// <param name="rows">Rows in a batch.</param>
    public static IEnumerable<double[]> InBatches(IEnumerable<double[]> features, int rows) => features.Chunk(rows).Select(batch => batch.SelectMany(row => row).ToArray());

    /// <inheritdoc/>
    public void Dispose() => Open?.Dispose();
}
