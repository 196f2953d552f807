using System.Buffers.Binary;
using System.Globalization;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>One shard's images and labels of a pair of IDX files, the format of MNIST. Pixels become x / 255.</summary>
internal sealed class IdxSource : IFeatureSource
{
    private const int ImagesMagic = 0x803;
    private const int LabelsMagic = 0x801;

    private readonly byte[] _pixels;
    private readonly byte[] _labels;

    private IdxSource(int[] image, byte[] pixels, byte[] labels)
    {
        (Image, _pixels, _labels) = (string.Join(" x ", image), pixels, labels);
        Features = image.Aggregate(1, (product, side) => product * side);
        Classes = [.. labels.Distinct().Select(Name)];
    }

    /// <inheritdoc/>
    public int Rows => _labels.Length;

    /// <inheritdoc/>
    public int Features { get; }

    /// <summary>Rows and columns of an image: "28 x 28".</summary>
    public string Image { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Columns => [];

    /// <inheritdoc/>
    public string Label(int row) => Name(_labels[row]);

    /// <inheritdoc/>
    public FeatureMoments Moments(ReadOnlySpan<int> rows, int features) => DenseMoments.Of(rows, features, Pixel);

    private double Pixel(int row, int feature) => _pixels[((long)row * Features) + feature] / 255.0;

    /// <inheritdoc/>
    public IExampleTensors ToTensors(Precision precision, DataFacts facts) => FeatureTensors.Create(this, Pixel, precision, facts);

    private static string Name(byte label) => label.ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads this shard's run of records.</summary>
    public static IdxSource Read(SourcePart part)
    {
        using var images = SourceFile.Open(part.Path);
        using var labels = SourceFile.Open(part.Labels!);
        var (count, image) = Header(images, part.Name, ImagesMagic, 3);
        var size = image.Aggregate(1, (product, side) => product * side);
        var labelName = Path.GetFileName(part.Labels!);
        var (labelCount, _) = Header(labels, labelName, LabelsMagic, 1);
        if (count != labelCount)
        {
            throw new JobException($"{part.Name} has {count} images, but {labelName} has {labelCount} labels: they do not belong together.");
        }

        if (count == 0 || size == 0)
        {
            throw new JobException($"{part.Name}: it holds no images.");
        }

        var (first, end) = part.Of(count);
        ShardLimit.Check(part, (end - first) * size, "pixels");
        var pixels = Records(images, part.Name, count, size, first, end);
        var classes = Records(labels, labelName, count, 1, first, end);
        return new IdxSource(image, pixels, classes);
    }

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

    private static byte[] Records(Stream stream, string name, int count, int size, long first, long end)
    {
        if (stream is FileStream file)
        {
            var needed = file.Position + ((long)count * size);
            if (file.Length < needed)
            {
                throw CutOff(name, count, size, file.Length - file.Position);
            }

            file.Position += first * size;
        }
        else if (SourceFile.Skip(stream, name, first * size) is var skipped && skipped < first * size)
        {
            throw CutOff(name, count, size, skipped);
        }

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

    private static JobException CutOff(string name, int count, int size, long bytes) => new(
        $"{name}: it is cut off: its header promises {count} records of {size} bytes, but only {bytes / size} are there. Fetch it again.");
}
