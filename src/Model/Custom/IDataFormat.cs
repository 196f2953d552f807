using Granary.Jobs;

namespace Granary.Model.Custom;

/// <summary>A format of data of one's own: it reads rows of numbers, each with a label. Granary makes one instance per read, and reads several shards at once.</summary>
public interface IDataFormat
{
    /// <summary>Its name, as in <c>data.format</c>: 1 to 64 lower-case letters, digits and hyphens, a letter first.</summary>
    string Name { get; }

    /// <summary>Reads one shard's part of a source: the same rows in the same order, whoever asks and however often. Each row belongs to one shard.</summary>
    /// <param name="part">Which part of which files.</param>
    /// <param name="options">What the job file says in <c>data.options</c>.</param>
    /// <exception cref="JobException">File, line and remedy, when the data cannot be used.</exception>
    LabelledRows Read(DataPart part, ModelOptions options);
}
