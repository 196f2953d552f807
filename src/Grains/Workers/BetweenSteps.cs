using System.Diagnostics;
using System.Numerics;
using Granary.Contracts;
using Granary.Grains.Checkpoints;
using Granary.Grains.ModelState;
using Granary.Grains.Telemetry;

namespace Granary.Grains.Workers;

/// <summary>What a worker does between steps: checkpoints, evaluations, waiting for grants, and telling the coordinator.</summary>
/// <param name="grants">What the coordinator has asked for.</param>
/// <param name="versions">Has the current version.</param>
/// <param name="checkpoints">Writes checkpoints.</param>
/// <param name="evaluation">Evaluates.</param>
/// <param name="recorder">Writes histograms of the weights; null: this worker writes none.</param>
/// <param name="reports">Reports to the coordinator.</param>
/// <param name="phase">What this worker is doing, for others to see.</param>
internal sealed class BetweenSteps<T>(
    Grants grants, VersionStore<T> versions, CheckpointWriter<T> checkpoints, HeldOutEvaluation<T> evaluation,
    WeightRecorder<T>? recorder, SessionReports reports, WorkerPhase phase)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Writes a checkpoint of the current version, and evaluates it, where that has been asked for.</summary>
    /// <param name="committed">The current version.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <param name="trace">The trace of the step that is taken next; null: it is not traced.</param>
    public void DoWhatIsAsked(long committed, CancellationToken cancellation, StepTrace? trace = null)
    {
        if (grants.TakeCheckpoint(committed))
        {
            using var span = trace?.Part(Spans.Checkpoint);
            phase.Enter(PhaseKind.Compute); // it copies, and waits for no other worker
            var began = Stopwatch.GetTimestamp();
            checkpoints.Begin(versions.Current);
            reports.Times.Add(new WorkerSeconds(CheckpointStall: Stopwatch.GetElapsedTime(began).TotalSeconds));
        }

        if (grants.TakeEvaluation(committed))
        {
            EvaluateNow(cancellation, trace);
        }
    }

    /// <summary>Evaluates the current version.</summary>
    private void Evaluate(CancellationToken cancellation, StepTrace? trace)
    {
        using var span = trace?.Part(Spans.Evaluate);
        reports.Times.Add(evaluation.Run(cancellation));
    }

    /// <summary>A round has ended: evaluates the current version, and writes histograms of it where they are asked for.</summary>
    public void EndRound(CancellationToken cancellation, StepTrace? trace = null)
    {
        Evaluate(cancellation, trace);
        phase.Enter(PhaseKind.Compute); // it waits for no other worker
        recorder?.Record();
    }

    /// <summary>The generation starts where a round has ended: does again what a worker that was lost may not have done.</summary>
    public void EndRoundAgain(CancellationToken cancellation)
    {
        EndRound(cancellation);
        reports.Progressed();
    }

    /// <summary>Evaluates the current version and reports it at once.</summary>
    private void EvaluateNow(CancellationToken cancellation, StepTrace? trace)
    {
        Evaluate(cancellation, trace);
        reports.Progressed();
    }

    /// <summary>Waits for the next grant. When none comes, calls the coordinator: if it was lost, the call activates it elsewhere.</summary>
    public void WaitForGrant(TimeSpan time, CancellationToken cancellation)
    {
        phase.Enter(PhaseKind.Idle);
        var (began, stalls) = (Stopwatch.GetTimestamp(), checkpoints.IsWriting);
        var granted = grants.Wait(time, cancellation);
        var waited = Stopwatch.GetElapsedTime(began).TotalSeconds;
        reports.Times.Add(stalls ? new WorkerSeconds(CheckpointStall: waited) : new WorkerSeconds(Idle: waited));
        if (!granted)
        {
            reports.Progressed();
        }
    }

    /// <summary>Reports what ended the steps.</summary>
    public void Report(WorkerTrouble trouble)
    {
        reports.Progressed();
        reports.Trouble(trouble);
    }
}
