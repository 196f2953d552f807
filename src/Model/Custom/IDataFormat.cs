using Granary.Jobs;

namespace Granary.Model.Custom;

/// <summary>A format of data of one's own: it reads rows of numbers, each with a label. Granary makes one instance per read, and reads several shards at once.</summary>
public interface IDataFormat
{
    /// <summary>Its name, as in <c>data.format</c>: 1 to 64 lower-case letters, digits and hyphens, a letter first.</summary>
    string Name { get; }

    /// <summary>Whether the shards' parts follow on each other in the source, as those of <see cref="DataPart.Of"/> do: shard 0 has its first rows in their order, shard 1 the next ones,
    /// and so on, for any number of shards. Default: no. Then nobody knows a row's place in the source, and what is held out by it is refused: <c>from: end</c>, <c>stratified</c>
    /// and <c>fold</c> of <c>data.validation</c> would choose other rows for another <c>data.shards</c>.</summary>
    bool IsInOrder => false;

    /// <summary>Reads one shard's part of a source: the same rows in the same order, whoever asks and however often. Each row belongs to one shard.</summary>
    /// <param name="part">Which part of which files.</param>
    /// <param name="options">What the job file says in <c>data.options</c>.</param>
    /// <exception cref="JobException">File, line and remedy, when the data cannot be used.</exception>
    LabelledRows Read(DataPart part, ModelOptions options);
}
