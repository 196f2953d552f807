using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>One shard's part of a source, in memory as it was read.</summary>
internal interface IShardSource
{
    /// <summary>Examples.</summary>
    int Rows { get; }

    /// <summary>Numbers per example, or the greatest index found in a sparse source; 0 for text.</summary>
    int Features { get; }

    /// <summary>Distinct labels or tokens.</summary>
    IReadOnlyList<string> Classes { get; }

    /// <summary>The examples as tensors.</summary>
    /// <param name="precision">Of their numbers.</param>
    /// <param name="facts">What all shards agree on.</param>
    /// <param name="order">All rows in the order in which every pass asks for them, where it is always the same; it costs nothing to pass it over.</param>
    IExampleTensors ToTensors(Precision precision, DataFacts facts, int[]? order = null);
}

/// <summary>One shard's part of a source whose examples are numbers with a label.</summary>
internal interface IFeatureSource : IShardSource
{
    /// <summary>Names of the features; empty where the format has none.</summary>
    IReadOnlyList<string> Columns { get; }

    /// <summary>A row's label.</summary>
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
    /// <summary>The run [First, End) of <paramref name="count"/> units that belongs to this shard.</summary>
    public (long First, long End) Of(long count) =>
        ((long)((Int128)count * Shard / Shards), (long)((Int128)count * (Shard + 1) / Shards));

    /// <summary>The file's name for messages.</summary>
    public string Name => System.IO.Path.GetFileName(Path);
}
