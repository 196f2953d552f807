using System.Numerics;
using Granary.Contracts;
using Granary.Grains.ModelState;
using Granary.Grains.Telemetry;
using Granary.Jobs;

namespace Granary.Grains.Workers;

/// <summary>The thread that takes a worker's steps: it starts the generation, takes the steps that are granted, evaluates after each round,
/// and writes checkpoints and evaluates where the coordinator asks for it, until it is told to stop.</summary>
/// <param name="task">This worker's part.</param>
/// <param name="start">What comes before the first step.</param>
/// <param name="step">Takes a step.</param>
/// <param name="between">What comes between steps.</param>
/// <param name="versions">Versions of the model.</param>
/// <param name="grants">Steps that may be taken.</param>
/// <param name="outcomes">Reports steps.</param>
/// <param name="state">The session's life.</param>
internal sealed class TrainingLoop<T>(
    TrainingTask task, GenerationStart<T> start, ITrainingStep<T> step, BetweenSteps<T> between, VersionStore<T> versions, Grants grants,
    StepReports<T> outcomes, SessionState state)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);

    private long Committed => versions.Current.Step;

    /// <summary>Starts the thread.</summary>
    public void Start() => new Thread(Run) { IsBackground = true, Name = $"{task.Job.Name} steps" }.Start();

    private void Run()
    {
        try
        {
            start.Run(state.Stopping);
            state.SetReady(Committed);
            if (Committed > 0 && task.Batches.EndsRound(Committed - 1))
            {
                between.EndRoundAgain(state.Stopping); // a worker that was lost may not have reported this evaluation, and the next step may wait for it
            }

            while (!state.Stopping.IsCancellationRequested)
            {
                if (Committed < grants.Until)
                {
                    TakeStep();
                }
                else
                {
                    between.DoWhatIsAsked(Committed, state.Stopping);
                    between.WaitForGrant(AskAgain, state.Stopping);
                }
            }
        }
        catch (OperationCanceledException) when (state.Stopping.IsCancellationRequested)
        {
            // Told to stop: version t is whole.
        }
        catch (Exception e) when (e is JobException or WrongGradientException or CheckpointUnavailableException or FileStoreException && !state.IsReadyDecided)
        {
            state.FailReady(e); // the coordinator, which waits for it, ends the job, goes on without this worker or waits for the store
        }
#pragma warning disable CA1031 // whatever it is, the coordinator must be told
        catch (Exception e)
#pragma warning restore CA1031
        {
            state.FailReady(StepTrouble.ForWaiters(e));
            between.Report(StepTrouble.Of(task, Committed, e, outcomes.LastLoss));
        }
        finally
        {
            outcomes.End();
            versions.Abandon();
            state.End();
        }
    }

    private void TakeStep()
    {
        var trace = StepTrace.Begin(task, Committed, grants);
        using (trace)
        {
            between.DoWhatIsAsked(Committed, state.Stopping, trace); // it came with the grant, at the latest
            var outcome = step.Run(Committed, versions.Current, versions.Next, trace, state.Stopping);
            outcomes.Measure(outcome);
            if (task.Batches.EndsRound(outcome.Step))
            {
                between.EndRound(state.Stopping, trace);
            }
        }

        outcomes.Report(Committed, grants.Until, trace?.End);
    }
}
