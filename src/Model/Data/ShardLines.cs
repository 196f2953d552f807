using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>One shard's lines of all files of a source.</summary>
/// <param name="Headers">Every file's name and first line, where the first lines are headers.</param>
/// <param name="Parts">The lines below them, in the order of the files.</param>
internal sealed record ShardLines(IReadOnlyList<(string File, string Text)> Headers, IReadOnlyList<LinePart> Parts)
{
    /// <summary>Whether they were dealt to the shards one by one; else they are a run.</summary>
    public bool AreDealt { get; init; }

    /// <summary>Reads this shard's lines. Plain files are cut by bytes, so that a shard reads no more than its own part; where a
    /// file cannot be cut (it is gzipped, UTF-16, or its lines end in carriage returns), the rows are dealt to the shards one by one.</summary>
    /// <param name="part">Which part.</param>
    /// <param name="header">Whether the first line of every file names its columns.</param>
    /// <param name="next">Tells the rows of a line apart, where they are dealt.</param>
    public static ShardLines Read(SourcePart part, bool header, NextRow next)
    {
        var files = DataFiles.Expand(part.Path);
        return files.All(SourceFile.IsCut) ? ByteRangeSplit.Read(part, files, header) : RoundRobinSplit.Read(part, files, header, next, ShardLimit.Most) with { AreDealt = true };
    }
}
