using System.Globalization;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>One shard's images and labels of a pair of IDX files, the format of MNIST. Pixels become x / 255.</summary>
internal sealed class IdxSource : IFeatureSource
{
    private readonly byte[] _pixels;
    private readonly byte[] _labels;

    private IdxSource(int[] image, byte[] pixels, byte[] labels)
    {
        (Image, _pixels, _labels) = (IdxFile.Describe(image), pixels, labels);
        Features = IdxFile.Size(image);
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
    public IDenseRows? Dense => new Pixels(_pixels, Features, Rows);

    /// <inheritdoc/>
    public string Label(int row) => Name(_labels[row]);

    /// <inheritdoc/>
    public FeatureMoments Moments(ReadOnlySpan<int> rows, int features) => DenseMoments.Of(rows, new Pixels(_pixels, Features, Rows));

    /// <inheritdoc/>
    public IExampleTensors ToTensors(Precision precision, DataFacts facts, int[]? order = null) =>
        DenseTensors.Create(this, new Pixels(_pixels, Features, Rows), precision, facts, order);

    private static string Name(byte label) => label.ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads this shard's run of records.</summary>
    public static IdxSource Read(SourcePart part)
    {
        using var images = SourceFile.Open(part.Path);
        using var labels = SourceFile.Open(part.Labels!);
        var (count, image) = IdxFile.Images(images, part.Name);
        var size = IdxFile.Size(image);
        var labelName = Path.GetFileName(part.Labels!);
        var labelCount = IdxFile.Labels(labels, labelName);
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
        var pixels = IdxFile.Records(images, part.Name, count, size, first, end);
        var classes = IdxFile.Records(labels, labelName, count, 1, first, end);
        return new IdxSource(image, pixels, classes);
    }

    private sealed class Pixels(byte[] pixels, int features, int count) : IDenseRows
    {
        public int Count => count;

        public int Features => features;

        public void Read(int row, Span<double> into)
        {
            var own = pixels.AsSpan(checked(row * features), features);
            for (var f = 0; f < into.Length; f++)
            {
                into[f] = IdxFile.Value(own[f]);
            }
        }
    }
}
