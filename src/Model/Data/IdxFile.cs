using System.Buffers.Binary;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Headers and records of IDX files, the format of MNIST: http://yann.lecun.com/exdb/mnist/.</summary>
internal static class IdxFile
{
    private const int ImagesMagic = 0x803;
    private const int LabelsMagic = 0x801;

    /// <summary>A pixel as a feature: x / 255.</summary>
    public static double Value(byte pixel) => pixel / 255.0;

    /// <summary>Pixels of an image.</summary>
    public static int Size(int[] image) => image.Aggregate(1, (product, side) => product * side);

    /// <summary>"28 x 28".</summary>
    public static string Describe(int[] image) => string.Join(" x ", image);

    /// <summary>Reads the header of a file of images.</summary>
    /// <returns>How many, and the rows and columns of each.</returns>
    /// <exception cref="JobException">It is no such file, or has none.</exception>
    public static (int Count, int[] Image) Images(Stream stream, string name)
    {
        var (count, image) = Header(stream, name, ImagesMagic, 3);
        return count == 0 || Size(image) == 0 ? throw new JobException($"{name}: it holds no images.") : (count, image);
    }

    /// <summary>Reads the header of a file of labels; returns how many.</summary>
    /// <exception cref="JobException">It is no such file.</exception>
    public static int Labels(Stream stream, string name) => Header(stream, name, LabelsMagic, 1).Count;

    private static (int Count, int[] Record) Header(Stream stream, string name, int expected, int dimensions)
    {
        var header = new byte[4 + (4 * dimensions)];
        var got = SourceFile.Fill(stream, name, header);
        var magic = got >= 4 ? BinaryPrimitives.ReadInt32BigEndian(header) : 0;
        if (magic != expected && magic is ImagesMagic or LabelsMagic)
        {
            throw new JobException(
                $"{name}: it holds {(magic == ImagesMagic ? "images, but labels" : "labels, but images")} are expected here. "
                + "Are the two files (data.path and data.labels) swapped?");
        }

        if (magic != expected)
        {
            throw new JobException($"{name}: it is no IDX file: it begins with 0x{magic:x8}, not 0x{expected:x8}.");
        }

        if (got < header.Length)
        {
            throw new JobException($"{name}: it is cut off within its header, after {got} bytes.");
        }

        var sizes = Enumerable.Range(1, dimensions).Select(i => BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4 * i))).ToArray();
        var record = sizes.Skip(1).Aggregate(1L, (product, s) => product * s);
        return Array.Exists(sizes, s => s < 0) || record > 1 << 28
            ? throw new JobException($"{name}: its header claims impossible sizes ({string.Join(" x ", sizes)}).")
            : (sizes[0], sizes[1..]);
    }

    /// <summary>Reads the records [first, end) of <paramref name="count"/>, each of <paramref name="size"/> bytes; the stream stands
    /// after the header.</summary>
    /// <exception cref="JobException">The file is cut off, or its gzip data is damaged.</exception>
    public static byte[] Records(Stream stream, string name, int count, int size, long first, long end)
    {
        RequireWhole(stream, name, count, size);
        if (stream is FileStream file)
        {
            file.Position += first * size;
        }
        else if (SourceFile.Skip(stream, name, first * size) is var skipped && skipped < first * size)
        {
            throw CutOff(name, count, size, skipped);
        }

        return Next(stream, name, count, size, first, end);
    }

    /// <summary>Reads all records, some at a time: a file may be larger than memory.</summary>
    /// <exception cref="JobException">The file is cut off, or its gzip data is damaged.</exception>
    public static IEnumerable<byte[]> Batches(Stream stream, string name, int count, int size, int records)
    {
        RequireWhole(stream, name, count, size);
        for (long first = 0; first < count; first += records)
        {
            yield return Next(stream, name, count, size, first, Math.Min(count, first + records));
        }
    }

    // The stream stands before the first.
    private static byte[] Next(Stream stream, string name, int count, int size, long first, long end)
    {
        var records = new byte[(end - first) * size];
        var got = SourceFile.Fill(stream, name, records);
        if (got < records.Length)
        {
            throw CutOff(name, count, size, (first * size) + got);
        }

        if (end == count)
        {
            _ = SourceFile.Skip(stream, name, 1); // gzip's checksum comes after the last byte
        }

        return records;
    }

    // Of a plain file that is known before it is read.
    private static void RequireWhole(Stream stream, string name, int count, int size)
    {
        if (stream is FileStream file && file.Length - file.Position < (long)count * size)
        {
            throw CutOff(name, count, size, file.Length - file.Position);
        }
    }

    private static JobException CutOff(string name, int count, int size, long bytes) => new(
        $"{name}: it is cut off: its header promises {count} records of {size} bytes, but only {bytes / size} are there. Fetch it again.");
}
