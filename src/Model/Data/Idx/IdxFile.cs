using System.Buffers.Binary;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Headers and records of IDX files, the format of MNIST: two zeros, the type of the elements, the number of dimensions, then each
/// dimension as four bytes, then the elements, all big-endian: http://yann.lecun.com/exdb/mnist/.</summary>
internal static class IdxFile
{
    private const int MostDimensions = 4;
    private const int MostElements = 1 << 28;

    /// <summary>Reads the header of a file of images: 2 to 4 dimensions (of numbers, of grey images, of images with channels).</summary>
    /// <exception cref="JobException">It is no such file, or has none.</exception>
    public static IdxHeader Images(Stream stream, string name)
    {
        var header = Header(stream, name);
        if (header.Record.Length == 0)
        {
            throw Swapped(name, "labels, but images");
        }

        return header.Count == 0 || header.Elements == 0 ? throw new JobException($"{name}: it holds no images.") : header;
    }

    /// <summary>Reads the header of a file of labels: whole numbers in one dimension.</summary>
    /// <exception cref="JobException">It is no such file.</exception>
    public static IdxHeader Labels(Stream stream, string name)
    {
        var header = Header(stream, name);
        return header.Record.Length > 0 ? throw Swapped(name, "images, but labels")
            : IdxValues.IsWhole(header.Type) ? header
            : throw new JobException($"{name}: it holds {header.TypeName} numbers, but labels must be whole ones (ubyte, sbyte, int16 or int32).");
    }

    /// <summary>Refuses ubyte pixels where others are trained on, and others where ubyte ones are: only ubyte becomes x / 255.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="type">What its pixels are.</param>
    /// <param name="trained">What they are in training; null: nobody knows.</param>
    /// <param name="by">What is trained on them: "digits was trained on", "i has".</param>
    /// <exception cref="JobException">One of the two is ubyte.</exception>
    public static void RequireScale(string name, string type, string? trained, string by)
    {
        var bytes = Kebab.Name(IdxType.Ubyte);
        if (trained is not null && (type == bytes) != (trained == bytes))
        {
            throw new JobException($"{name}: its pixels are {type}, but {by} {trained} pixels. Only {bytes} becomes x / 255, so that they would mean "
                + $"different things. Write them as {trained}.");
        }
    }

    private static JobException Swapped(string name, string what) => new(
        $"{name}: it holds {what} are expected here. Are the two files (data.path and data.labels) swapped?");

    private static IdxHeader Header(Stream stream, string name)
    {
        var head = new byte[FileSignature.Enough];
        var got = SourceFile.Fill(stream, name, head.AsSpan(0, 4));
        var (type, dimensions) = ((IdxType)head[2], head[3]);
        if (got < 4 || head[0] != 0 || head[1] != 0 || !Enum.IsDefined(type) || dimensions == 0)
        {
            got += SourceFile.Fill(stream, name, head.AsSpan(got));
            throw new JobException(FileSignature.Describe(head.AsSpan(0, got)) is { } other ? $"{name}: {other}"
                : got == 0 ? $"{name}: it is empty."
                : $"{name}: it is no IDX file: it begins with 0x{Convert.ToHexStringLower(head.AsSpan(0, Math.Min(4, got)))}, not with two zero bytes, a type (0x08 to 0x0e) "
                    + "and a number of dimensions.");
        }

        if (dimensions > MostDimensions)
        {
            throw new JobException($"{name}: it has {dimensions} dimensions, but {MostDimensions} can be read: records, and up to three of each. Write it with fewer.");
        }

        got += SourceFile.Fill(stream, name, head.AsSpan(4, 4 * dimensions));
        if (got < 4 + (4 * dimensions))
        {
            throw new JobException($"{name}: it is cut off within its header, after {got} bytes.");
        }

        var sizes = Enumerable.Range(1, dimensions).Select(i => BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(4 * i))).ToArray();
        return Array.Exists(sizes, s => s < 0) || sizes.Skip(1).Aggregate(1.0, (product, s) => product * s) >= MostElements
            ? throw new JobException($"{name}: its header claims impossible sizes ({string.Join(" x ", sizes)}).")
            : new IdxHeader(type, sizes[0], sizes[1..]);
    }

    /// <summary>Reads the records [first, end); the stream stands after the header.</summary>
    /// <exception cref="JobException">The file is cut off, its gzip data is damaged, or a number is not finite.</exception>
    public static byte[] Records(Stream stream, string name, IdxHeader header, long first, long end)
    {
        RequireWhole(stream, name, header);
        if (stream.CanSeek)
        {
            stream.Position += first * header.Size;
        }
        else if (SourceFile.Skip(stream, name, first * header.Size) is var skipped && skipped < first * header.Size)
        {
            throw CutOff(name, header, skipped);
        }

        return Next(stream, name, header, first, end);
    }

    /// <summary>Reads all records, some at a time: a file may be larger than memory.</summary>
    /// <param name="stream">It stands after the header.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="header">The header.</param>
    /// <param name="records">How many at a time.</param>
    /// <param name="gate">Is asked about these.</param>
    /// <inheritdoc cref="Records" path="/exception"/>
    public static IEnumerable<byte[]> Batches(Stream stream, string name, IdxHeader header, int records, RowGate gate)
    {
        RequireWhole(stream, name, header);
        for (long first = 0; first < header.Count; first += records)
        {
            var end = Math.Min(header.Count, first + records);
            if (gate.Passes(end - first))
            {
                yield return Next(stream, name, header, first, end);
            }
            else
            {
                PassOver(stream, name, header, first, end);
            }
        }
    }

    // As far as Next would have read.
    private static void PassOver(Stream stream, string name, IdxHeader header, long first, long end)
    {
        var bytes = (end - first) * header.Size;
        if (stream.CanSeek)
        {
            stream.Position += bytes;
        }
        else if (SourceFile.Skip(stream, name, bytes) is var passed && passed < bytes)
        {
            throw CutOff(name, header, (first * header.Size) + passed);
        }
    }

    // The stream stands before the first.
    private static byte[] Next(Stream stream, string name, IdxHeader header, long first, long end)
    {
        var records = new byte[(end - first) * header.Size];
        var got = SourceFile.Fill(stream, name, records);
        if (got < records.Length)
        {
            throw CutOff(name, header, (first * header.Size) + got);
        }

        if (end == header.Count)
        {
            _ = SourceFile.Skip(stream, name, 1); // gzip's checksum comes after the last byte
        }

        IdxValues.RequireFinite(records, header, first, name);
        return records;
    }

    // Of a plain file that is known before it is read.
    private static void RequireWhole(Stream stream, string name, IdxHeader header)
    {
        if (stream.CanSeek && stream.Length - stream.Position < (long)header.Count * header.Size)
        {
            throw CutOff(name, header, stream.Length - stream.Position);
        }
    }

    private static JobException CutOff(string name, IdxHeader header, long bytes) => new(
        $"{name}: it is cut off: its header promises {header.Count} records of {header.Size} bytes, but only {bytes / header.Size} are there. Fetch it again.");
}
