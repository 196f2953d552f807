using Granary.Contracts;

namespace Granary.Grains.Workers;

/// <summary>One worker's part in one generation of a job. Its steps are taken by a thread of its own; these members are called by others.</summary>
internal interface IWorkerSession : IDisposable
{
    /// <summary>Completes when this worker could take its first step; fails when it never will.</summary>
    Task Ready { get; }

    /// <summary>Result of the gradient check, once ready; null: there were no examples.</summary>
    GradientRecord? Checked { get; }

    /// <summary>Allows steps.</summary>
    void Grant(StepGrant grant);

    /// <summary>Stops at once, between two versions; returns the committed steps.</summary>
    Task<long> Halt();

    /// <summary>What it is doing.</summary>
    WorkerStanding Stand();

    /// <summary>Completes when this worker has committed so many steps.</summary>
    Task Reach(long step);

    /// <summary>Hash of the weights held.</summary>
    SavedWeights HashWeights();

    /// <summary>Loads an older version, to be hashed and published from now on.</summary>
    void LoadCheckpoint(RestoreSource checkpoint);

    /// <summary>What the weights that are to be published make of the held-out examples here.</summary>
    IReadOnlyList<HeldOutClasses> HeldOut();

    /// <summary>Appends points to the TensorBoard file. Returns why it could not be written; null: it was, or there is none.</summary>
    string? RecordPoints(IReadOnlyList<MetricPoint> points);

    /// <summary>Writes the model and its artifacts.</summary>
    void Publish(Publication publication);

    /// <summary>Computes the gradients of the next step once more, after they were not finite.</summary>
    NonFiniteFinding FindNonFinite();
}
