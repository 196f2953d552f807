namespace Granary.Jobs;

/// <summary>The job file's <c>output</c> section.</summary>
public sealed record OutputSection
{
    /// <summary>Where the model goes, absolute: a folder, or s3://BUCKET/PREFIX. Null (default): where whoever hands the job in says, else a place of the cluster's.</summary>
    public string? Path { get; init; }

    /// <summary>Whether the job writes a TensorBoard event file into its output folder while it trains: its figures, and histograms of the
    /// weights at epochs' ends. Default: false.</summary>
    public bool Tensorboard { get; init; }
}
