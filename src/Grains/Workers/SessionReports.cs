using Granary.Contracts;
using Granary.Grains.Telemetry;
using Microsoft.Extensions.Logging;

namespace Granary.Grains.Workers;

/// <summary>Where a worker's session reports to: the coordinator, the log, and the check of peers that may be gone.</summary>
/// <param name="assignment">The worker's place in the generation.</param>
/// <param name="reporter">Reports to the coordinator.</param>
/// <param name="times">Where the steps' time went.</param>
/// <param name="metrics">What is measured of steps.</param>
/// <param name="peers">Checks peers.</param>
/// <param name="trials">Logs overlap trials.</param>
internal sealed partial class SessionReports(
    Assignment assignment, Reporter reporter, StepTimes times, StepMetrics metrics, PeerWatch peers, ILogger<OverlapRule> trials)
{
    /// <summary>Where the steps' time went since the last report.</summary>
    public StepTimes Times { get; } = times;

    /// <summary>What is measured of steps, until it goes into the metrics.</summary>
    public StepMetrics Metrics { get; } = metrics;

    /// <summary>Something is worth reporting now.</summary>
    public void Progressed() => reporter.Wake();

    /// <summary>The worker cannot go on.</summary>
    public void Trouble(WorkerTrouble trouble)
    {
        reporter.Add(trouble);
        if (trouble.Peer is not null)
        {
            _ = peers.Check(assignment);
        }
    }

    /// <summary>A part of a checkpoint has been written, or could not be.</summary>
    public void CheckpointWritten(long step, CheckpointPart? part, string? failure) => reporter.Add(step, part, failure);

    /// <summary>A trial has found out whether to exchange beside the backward pass.</summary>
    public void Tried(OverlapTrial trial) =>
        LogTried(trials, assignment.Job.Name, trial.Beside * 1e3, trial.After * 1e3, trial.Overlaps ? "beside it" : "after it");

    // bench/Scaling reads this line.
    [LoggerMessage(LogLevel.Information, "Job {Name}: a step that exchanges beside the backward pass takes {Beside:F2} ms, after it {After:F2} ms: {Chosen} for now")]
    private static partial void LogTried(ILogger logger, string name, double beside, double after, string chosen);
}
