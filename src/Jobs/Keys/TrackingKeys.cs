namespace Granary.Jobs;

/// <summary>The job file's <c>tracking</c> section.</summary>
internal static class TrackingKeys
{
    /// <summary>Its keys.</summary>
    public static JobSection Section(Lens<TrackingSection> tracking) => tracking.Section(
        "where else the job's figures go while it trains",
        tracking.Key("mlflow", t => t.Mlflow, (t, v) => t with { Mlflow = v }, new WebAddress(), "URL of an MLflow tracking server, as the silos reach it").Needed(),
        tracking.Key("experiment", t => t.Experiment, (t, v) => t with { Experiment = v! }, new FreeText(), "the MLflow experiment; made if it is not there"));
}
