namespace Granary.Model.Data;

/// <summary>Rows of files that cannot be cut by bytes (and of others among them), dealt like cards: row j below the headers belongs to shard j mod V.
/// What is no row, such as a blank line or a comment, is not dealt, so that row i of shard v is row i V + v of the source. Every shard reads the files
/// through, once.</summary>
internal static class RoundRobinSplit
{
    /// <summary>This shard's rows, each as a line.</summary>
    /// <param name="part">Which part.</param>
    /// <param name="files">The files.</param>
    /// <param name="header">Whether the first line of every file names its columns.</param>
    /// <param name="next">Tells the rows of a line apart.</param>
    /// <param name="limit">The most bytes of one file that a shard can hold.</param>
    /// <exception cref="Granary.Jobs.JobException">The shard would hold more: with the number of shards that is enough.</exception>
    public static ShardLines Read(SourcePart part, IReadOnlyList<string> files, bool header, NextRow next, long limit)
    {
        var headers = new List<(string, string)>();
        var parts = new List<LinePart>();
        var (dealt, most) = (0L, 0L);
        foreach (var path in files)
        {
            var (text, numbers, own, bytes, isEmpty) = ("", new List<long>(), new MemoryStream(), 0L, true);
            foreach (var (number, line) in FileLines.Read(path))
            {
                isEmpty = false;
                if (header && number == 1)
                {
                    text = StrictUtf8.FirstLine(Path.GetFileName(path), line.Span).TrimEnd('\r');
                    continue;
                }

                var rest = line.Span;
                for (var row = next(ref rest); !row.IsEmpty; row = next(ref rest))
                {
                    if (dealt++ % part.Shards != part.Shard)
                    {
                        continue;
                    }

                    // What is too much is counted to its end, to know how many shards are enough, but not kept.
                    bytes += row.Length + 1;
                    if (bytes <= limit)
                    {
                        own.Write(row);
                        own.WriteByte((byte)'\n');
                        numbers.Add(number);
                    }
                }
            }

            most = Math.Max(most, bytes);
            if (most > limit)
            {
                parts.Clear();
                continue;
            }

            var name = Path.GetFileName(path);
            if (!isEmpty)
            {
                headers.Add((name, text));
            }

            parts.Add(new LinePart(name, own.ToArray(), line => numbers[(int)line]));
        }

        ShardLimit.Check(part, most, "bytes", limit);
        return new ShardLines(header ? headers : [], parts);
    }
}
