using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Prediction;

namespace Granary.Model.Data;

/// <summary>Reads the sources of one format.</summary>
internal interface IFormatReader
{
    /// <summary>The format, as its description names it.</summary>
    string Format { get; }

    /// <summary>Reads one shard's part of a source.</summary>
    /// <exception cref="JobException">File, line and remedy, when the data cannot be used.</exception>
    IShardSource Read(SourceReading reading);

    /// <summary>What the columns of a table look like; null (default): the format has none that a job could describe.</summary>
    /// <param name="data">How the source is written.</param>
    /// <exception cref="JobException">The source cannot be read.</exception>
    ColumnsSection? Infer(DataSection data) => null;

    /// <summary>Finds rows by their labels, for a message about them; null (default): there are none, or this format cannot be searched.</summary>
    /// <param name="data">How the source is written.</param>
    /// <param name="path">The source: the job's own, or another one.</param>
    /// <param name="isMeant">Whether a label, as it is written, is one of them.</param>
    FoundRows? RowsWith(DataSection data, string path, Func<string, bool> isMeant) => null;

    /// <summary>What a file's header says of it ("int16", "60 x 4"), for whoever looks at the data; empty (default): nothing.</summary>
    IReadOnlyList<string> Forms(string path) => [];

    /// <summary>Examples without labels, to be predicted; null (default): they come as a table of any format, whose columns are matched by name.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">A file.</param>
    /// <param name="rows">Examples in a batch.</param>
    /// <param name="gate">Is asked about every example, in their order.</param>
    /// <exception cref="JobException">The file is not what the model needs.</exception>
    InputRows? Inputs(TrainedModel model, string path, int rows, RowGate gate) => null;
}

/// <summary>What a reader is asked for.</summary>
/// <param name="Job">How the source is written, and what the model needs of it.</param>
/// <param name="Part">Which part.</param>
/// <param name="Files">Byte pairs: the vocabulary; null: the encoding has a name.</param>
/// <param name="Features">Named columns: those to be read; null: all that the job leaves.</param>
/// <param name="Use">Threads and cache.</param>
/// <param name="Kept">Characters or words: the vocabulary that the text must keep to; null: any.</param>
internal sealed record SourceReading(
    Job Job, SourcePart Part, TokenFiles? Files = null, IReadOnlyList<string>? Features = null, ReadingMeans? Use = null, KeptVocabulary? Kept = null)
{
    /// <summary>Tables: the column by which rows are held out; null: there is none, or nobody asks.</summary>
    public SplitColumn? Split { get; init; }

    /// <summary>The job's data section.</summary>
    public DataSection Data => Job.Data;
}
