namespace Granary.Jobs;

/// <summary>The job file's <c>tracking</c> section: where else the job's figures go while it trains.</summary>
public sealed record TrackingSection
{
    /// <summary>URL of an MLflow tracking server, http or https.</summary>
    public required string Mlflow { get; init; }

    /// <summary>The MLflow experiment that the run belongs to; made if it is not there. Default: "granary".</summary>
    public string Experiment { get; init; } = "granary";
}
