using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>One shard's part of a source, in memory as it was read.</summary>
internal interface IShardSource
{
    /// <summary>Examples.</summary>
    int Rows { get; }

    /// <summary>Numbers per example, or the greatest index found in a sparse source; 0 for text.</summary>
    int Features { get; }

    /// <summary>Distinct labels or tokens; none where the target is a number.</summary>
    IReadOnlyList<string> Classes { get; }

    /// <summary>The examples as tensors.</summary>
    /// <param name="precision">Of their numbers.</param>
    /// <param name="facts">What all shards agree on.</param>
    /// <param name="order">All rows in the order in which every pass asks for them, where it is always the same; it costs nothing to pass it over.</param>
    IExampleTensors ToTensors(Precision precision, DataFacts facts, int[]? order = null);

    /// <summary>What it has to say of itself besides rows, features and classes. Default: nothing.</summary>
    /// <param name="survey">What is known already.</param>
    ShardSurvey Tell(ShardSurvey survey) => survey;

    /// <summary>Whether its examples run on from one to the next, so that only a run of them is unseen by the others. Default: no.</summary>
    bool RunsOn => false;

    /// <summary>Whether its rows were dealt to the shards one by one; else (default) those of each shard are a run, and the shards' runs follow on each other.</summary>
    bool IsDealt => false;

    /// <summary>Tokens. Default: 0, it is no text.</summary>
    long Tokens => 0;

    /// <summary>What its images are like; null (default): it has none.</summary>
    ImageForm? Image => null;

    /// <summary>The same source, if its examples are numbers with a label; else null.</summary>
    IFeatureSource? Labelled => null;

    /// <summary>The same source, if its examples are windows of tokens; else null.</summary>
    ITokenWindows? Windows => null;
}

/// <summary>What a source's images are like.</summary>
/// <param name="Shape">Rows and columns, or channels, rows and columns: "28 x 28".</param>
/// <param name="Type">What a pixel is: "ubyte".</param>
/// <param name="Size">Channels, height and width; null: its records are rows of numbers.</param>
internal sealed record ImageForm(string Shape, string Type, ImageSize? Size);

/// <summary>A source whose examples are windows of tokens.</summary>
internal interface ITokenWindows
{
    /// <summary>Every token of a window with the one after it.</summary>
    IEnumerable<(int First, int Second)> Pairs(int row);
}

/// <summary>Rows most of whose numbers are 0, which are not kept.</summary>
internal interface ISparseRows
{
    /// <summary>The values that are there.</summary>
    ReadOnlySpan<double> Values { get; }

    /// <summary>The rows with their zeros.</summary>
    /// <param name="count">Features.</param>
    IDenseRows WrittenOut(int count);

    /// <summary>In how many rows each of some features is written.</summary>
    long[] Given(int count);
}

/// <summary>One shard's part of a source whose examples are numbers with a label.</summary>
internal interface IFeatureSource : IShardSource
{
    /// <inheritdoc/>
    IFeatureSource? IShardSource.Labelled => this;

    /// <summary>Names of the features; empty where the format has none.</summary>
    IReadOnlyList<string> Columns { get; }

    /// <summary>Whether a value may stand for a missing one, as in tables. Default: no.</summary>
    bool MayHaveCodes => false;

    /// <summary>The rows without their zeros; null (default): zeros are kept.</summary>
    ISparseRows? Sparse => null;

    /// <summary>The same source, if a job describes its columns; null (default): it does not.</summary>
    IDescribedColumns? Described => null;

    /// <summary>Each row's target, where it is a number; null (default): rows have labels.</summary>
    double[]? Targets => null;

    /// <summary>What each row is held out by, as <see cref="SplitColumn"/> reads it; null (default): no column says it.</summary>
    double[]? SplitNumbers => null;

    /// <summary>What each row weighs, 0 or more, where a column says it; null (default): every one weighs 1.</summary>
    double[]? Weights => null;

    /// <summary>Where a row has any number of labels: for each label a list of rows, 1 where one has it, else 0; null (default): a row has one label, or a number.</summary>
    double[][]? LabelIndicators => null;

    /// <summary>A row's label, where it has one.</summary>
    string Label(int row);

    /// <summary>The numbers before they are filled in or standardised; null where most of them are zeros that are not kept.</summary>
    IDenseRows? Dense { get; }

    /// <summary>Moments of each feature over some rows, of the values that are not missing.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="features">Number of features of the whole source.</param>
    FeatureMoments Moments(ReadOnlySpan<int> rows, int features);
}

/// <summary>Examples as resident tensors.</summary>
internal interface IExampleTensors : IDisposable
{
    /// <summary>Some rows as a batch of new tensors.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="digest">Of them.</param>
    /// <param name="place">Whatever is drawn for them is drawn from here.</param>
    Batch Gather(ReadOnlySpan<int> rows, ulong digest, PassPlace place);
}

/// <summary>Which part of a source to read.</summary>
/// <param name="Path">The source: the job's own, or the validation's.</param>
/// <param name="Labels">idx: the labels' file.</param>
/// <param name="Shard">The shard.</param>
/// <param name="Shards">V.</param>
/// <param name="MayBeEmpty">Whether a shard may go without examples: those of a validation's own source may.</param>
internal sealed record SourcePart(string Path, string? Labels, int Shard, int Shards, bool MayBeEmpty = false)
{
    /// <summary>The part of the text that is its held-out end; 0 (default): none.</summary>
    public double EndFraction { get; init; }

    /// <summary>Whether the shards cut up that end, and not what is before it.</summary>
    public bool IsEnd { get; init; }

    /// <summary>The run [First, End) of <paramref name="count"/> units that belongs to this shard.</summary>
    public (long First, long End) Of(long count)
    {
        var before = EndFraction == 0 ? count : (long)decimal.Floor((1 - (decimal)EndFraction) * count); // what the end comes after
        var (start, cut) = IsEnd ? (before, count - before) : (0, before);
        return (start + (long)((Int128)cut * Shard / Shards), start + (long)((Int128)cut * (Shard + 1) / Shards));
    }

    /// <summary>The file's name for messages.</summary>
    public string Name => DataFiles.NameOf(Path);
}
