using System.Globalization;
using Granary.Jobs;

namespace Granary.Model.Data.Images;

/// <summary>One shard's images of a folder. They are dealt to the shards one by one, so that each has some of every class; a shard decodes its own alone, and of the first one of all reads the header.</summary>
internal sealed class ImageFolderSource : IFeatureSource
{
    private readonly string[] _labels;
    private readonly ByteRows _rows;

    private ImageFolderSource(ImageSize size, byte[] pixels, string[] labels, double[]? targets)
    {
        (Image, _labels, _rows) = (new ImageForm(size.ToString(), Kebab.Name(IdxType.Ubyte), size), labels, new ByteRows(pixels, (int)size.Numbers, labels.Length));
        Classes = targets is null ? [.. labels.Distinct()] : [];
        Targets = targets;
    }

    /// <inheritdoc/>
    public int Rows => _labels.Length;

    /// <inheritdoc/>
    public int Features => _rows.Features;

    /// <inheritdoc/>
    public ImageForm? Image { get; }

    /// <inheritdoc/>
    public ShardSurvey Tell(ShardSurvey survey) => survey with { PixelType = Image!.Type };

    /// <inheritdoc/>
    public bool IsDealt => true;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Columns => [];

    /// <inheritdoc/>
    public IDenseRows? Dense => _rows;

    /// <inheritdoc/>
    public double[]? Targets { get; }

    /// <inheritdoc/>
    public string Label(int row) => _labels[row];

    /// <inheritdoc/>
    public FeatureMoments Moments(ReadOnlySpan<int> rows, int features) => DenseMoments.Of(rows, _rows);

    /// <inheritdoc/>
    public IExampleTensors ToTensors(Precision precision, DataFacts facts, int[]? order = null) => DenseTensors.Create(this, _rows, precision, facts, order);

    /// <summary>Reads this shard's images.</summary>
    /// <param name="part">Which part.</param>
    /// <param name="data">What size they are to have.</param>
    /// <exception cref="JobException">The folder or an image cannot be used.</exception>
    public static ImageFolderSource Read(SourcePart part, DataSection data)
    {
        var all = ImageFolder.Of(part.Path);
        if (all.Count == 0)
        {
            throw new JobException($"{part.Name}: it has no images.");
        }

        var forms = Forms(all[0], data);
        LabelledImage[] own = [.. all.Where((_, i) => i % part.Shards == part.Shard)];
        ShardLimit.Check(part, own.Length * forms.Size.Numbers, "bytes of pixels");
        var (length, pixels) = ((int)forms.Size.Numbers, new byte[own.Length * forms.Size.Numbers]);
        for (var i = 0; i < own.Length; i++)
        {
            forms.Read(own[i].Path, $"{part.Name}/{own[i].Name}", pixels.AsSpan(i * length, length));
        }

        return new ImageFolderSource(forms.Size, pixels, [.. own.Select(o => o.Label)], data.HasNumbers ? [.. own.Select(o => Number(o, part.Name))] : null);
    }

    private static ImageForms Forms(LabelledImage first, DataSection data)
    {
        if (data is { Height: { } height, Width: { } width })
        {
            return new ImageForms(new ImageSize(data.Colors, height, width), Resizes: true, "");
        }

        var header = ImageFile.Header(first.Path, first.Name);
        return new ImageForms(
            new ImageSize(data.Colors, header.Height, header.Width), Resizes: false, $"{first.Name}, the first image, has {header.Shape}: set data.height and data.width, so that all are resized, or take it out.");
    }

    private static double Number(LabelledImage image, string source) =>
        double.TryParse(image.Label, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : throw new JobException(
            $"{source}/{image.Label}: data.target is number, but the name of this folder is no finite number. Call each folder as the number of its images, or take data.target out.");
}

/// <summary>Rows of bytes, each of which stands for x / 255.</summary>
/// <param name="bytes">Row after row.</param>
/// <param name="features">Numbers in a row.</param>
/// <param name="count">Rows.</param>
internal sealed class ByteRows(byte[] bytes, int features, int count) : IDenseRows
{
    /// <inheritdoc/>
    public int Count => count;

    /// <inheritdoc/>
    public int Features => features;

    /// <inheritdoc/>
    public void Read(int row, Span<double> into) => IdxValues.Features(bytes.AsSpan(checked(row * features), Math.Min(features, into.Length)), IdxType.Ubyte, into[..Math.Min(features, into.Length)]);
}
