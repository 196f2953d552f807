using System.Globalization;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>One shard's images and labels of a pair of IDX files, the format of MNIST. Pixels of one byte become x / 255, numbers of any
/// other type stay as they are.</summary>
internal sealed class IdxSource : IFeatureSource
{
    private readonly IdxRows _rows;
    private readonly string[] _labels;

    private IdxSource(IdxHeader images, byte[] records, string[] labels, bool numbers)
    {
        (Image, _labels) = (new ImageForm(images.Shape, images.TypeName, images.Image), labels);
        _rows = new IdxRows(images, records, labels.Length);
        Classes = numbers ? [] : [.. labels.Distinct()];
        Targets = numbers ? [.. labels.Select(l => double.Parse(l, CultureInfo.InvariantCulture))] : null;
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
    public IExampleTensors ToTensors(Precision precision, DataFacts facts, int[]? order = null) =>
        DenseTensors.Create(this, _rows, precision, facts, order);

    /// <summary>Reads this shard's run of records.</summary>
    /// <param name="part">Which part.</param>
    /// <param name="numbers">Whether labels are numbers to be predicted.</param>
    public static IdxSource Read(SourcePart part, bool numbers = false)
    {
        using var images = SourceFile.OpenBytes(part.Path);
        using var labels = SourceFile.OpenBytes(part.Labels!);
        var header = IdxFile.Images(images, part.Name);
        var labelName = Path.GetFileName(part.Labels!);
        var labelHeader = IdxFile.Labels(labels, labelName);
        if (header.Count != labelHeader.Count)
        {
            throw new JobException($"{part.Name} has {Plural.Of(header.Count, "image")}, but {labelName} has {Plural.Of(labelHeader.Count, "label")}: they do not belong together.");
        }

        var (first, end) = part.Of(header.Count);
        ShardLimit.Check(part, (end - first) * header.Size, "bytes of pixels");
        var records = IdxFile.Records(images, part.Name, header, first, end);
        var classes = IdxFile.Records(labels, labelName, labelHeader, first, end);
        return new IdxSource(header, records, Names(classes, labelHeader.Type), numbers);
    }

    // Labels are few: each name is kept once.
    private static string[] Names(byte[] classes, IdxType type)
    {
        var names = new Dictionary<string, string>();
        var labels = new string[classes.Length / IdxValues.Bytes(type)];
        for (var i = 0; i < labels.Length; i++)
        {
            var name = IdxValues.Label(classes, type, i);
            labels[i] = names.TryGetValue(name, out var known) ? known : names[name] = name;
        }

        return labels;
    }

    private sealed class IdxRows(IdxHeader header, byte[] records, int count) : IDenseRows
    {
        public int Count => count;

        public int Features => header.Elements;

        public void Read(int row, Span<double> into) => IdxValues.Features(records.AsSpan(checked(row * header.Size), header.Size), header.Type, into);
    }
}
