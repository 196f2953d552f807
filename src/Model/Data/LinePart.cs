using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>One shard's lines of one file.</summary>
/// <param name="name">The file's name, for messages.</param>
/// <param name="bytes">The lines, whole; the file's last one may lack its end.</param>
/// <param name="number">Which line of the file, from 1, one of these is, from 0. It may be slow.</param>
internal sealed class LinePart(string name, byte[] bytes, Func<long, long> number)
{
    /// <summary>The lines, whole; the file's last one may lack its end.</summary>
    public byte[] Bytes { get; } = bytes;

    /// <summary>An error in one of these lines, counted from 0.</summary>
    public JobException Error(long line, string what) => new($"{name}:{number(line)}: {what}.");
}
