using Granary.Contracts;
using Granary.Grains.Exchange;
using Granary.Grains.ModelState;

namespace Granary.Grains.Workers;

/// <summary>One member's part in one generation of a job, on a thread of its own.</summary>
internal interface ITrainingRun : IDisposable
{
    /// <summary>Completes when this member could take its first step; fails when it never will.</summary>
    Task Ready { get; }

    /// <summary>Allows steps.</summary>
    void Grant(StepGrant grant);

    /// <summary>Stops at once, between two versions; returns the committed steps.</summary>
    Task<long> Halt();

    /// <summary>What it is doing.</summary>
    WorkerStanding Stand();

    /// <summary>Completes when this member has committed so many steps.</summary>
    Task Reach(long step);

    /// <summary>Hash of the weights held.</summary>
    SavedWeights HashWeights();

    /// <summary>Loads an older version, to be hashed and published from now on.</summary>
    void LoadCheckpoint(RestoreSource checkpoint);

    /// <summary>Writes the model and its artifacts.</summary>
    void Publish(Publication publication);

    /// <summary>Computes the gradients of the next step once more, after they were not finite.</summary>
    NonFiniteFinding FindNonFinite();

    /// <summary>Result of the gradient check, once ready; null: there were no examples.</summary>
    GradientRecord? Checked { get; }
}

/// <summary>Who a run tells what it has done.</summary>
/// <param name="Progressed">Something is worth reporting now.</param>
/// <param name="Trouble">It cannot go on.</param>
/// <param name="Checkpointed">A checkpoint's part: version, part, reason for none.</param>
/// <param name="Tried">It has found out whether to exchange beside computing.</param>
internal sealed record RunListener(
    Action Progressed, Action<WorkerTrouble> Trouble, Action<long, CheckpointPart?, string?> Checkpointed, Action<OverlapTrial> Tried);
