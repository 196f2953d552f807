using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>One shard's part of a source, in memory as it was read.</summary>
internal interface IShardSource
{
    /// <summary>Examples.</summary>
    int Rows { get; }

    /// <summary>Numbers per example; 0 for text.</summary>
    int Features { get; }

    /// <summary>Distinct labels or tokens.</summary>
    IReadOnlyList<string> Classes { get; }

    /// <summary>The feature's value in a row, before standardisation. Not for text.</summary>
    double Feature(int row, int feature);

    /// <summary>The examples as tensors.</summary>
    IExampleTensors ToTensors(Precision precision, DataFacts facts);
}

/// <summary>Examples as resident tensors.</summary>
internal interface IExampleTensors : IDisposable
{
    /// <summary>The inputs and targets of some rows, as new tensors. What is drawn for them is drawn from the place.</summary>
    (TorchSharp.torch.Tensor Inputs, TorchSharp.torch.Tensor Targets) Gather(ReadOnlySpan<int> rows, PassPlace place);
}

/// <summary>Which part of a source to read.</summary>
/// <param name="Path">The source: the job's own, or the validation's.</param>
/// <param name="Labels">idx: the labels' file.</param>
/// <param name="Shard">The shard.</param>
/// <param name="Shards">V.</param>
internal sealed record SourcePart(string Path, string? Labels, int Shard, int Shards)
{
    /// <summary>The run [First, End) of <paramref name="count"/> units that belongs to this shard.</summary>
    public (long First, long End) Of(long count) =>
        ((long)((Int128)count * Shard / Shards), (long)((Int128)count * (Shard + 1) / Shards));

    /// <summary>The file's name for messages.</summary>
    public string Name => System.IO.Path.GetFileName(Path);
}
