namespace Granary.Jobs;

/// <summary>One training run, as a job file describes it: everything the trained weights depend on, besides the data.</summary>
/// <param name="Version">Schema version of the job file; 1 is the only one so far.</param>
/// <param name="Name">Short name for people: letters, digits, '-', '_' and '.'.</param>
public sealed record Job(int Version, string Name, ModelSection Model, DataSection Data, TrainingSection Training)
{
    /// <summary>What it leaves besides the model. Has no influence on the weights.</summary>
    public OutputSection Output { get; init; } = new();

    /// <summary>Where else its figures go; null: nowhere. Has no influence on the weights.</summary>
    public TrackingSection? Tracking { get; init; }
}
