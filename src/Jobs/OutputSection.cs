namespace Granary.Jobs;

/// <summary>The job file's <c>output</c> section.</summary>
public sealed record OutputSection
{
    /// <summary>Whether the job writes a TensorBoard event file into its output folder while it trains: its figures, and histograms of the
    /// weights at epochs' ends. Default: false.</summary>
    public bool Tensorboard { get; init; }
}
