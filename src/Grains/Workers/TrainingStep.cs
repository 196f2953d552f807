using System.Diagnostics;
using System.Numerics;
using Granary.Contracts;
using Granary.Grains.Exchange;
using Granary.Grains.ModelState;
using Granary.Grains.Telemetry;
using Granary.Jobs;

namespace Granary.Grains.Workers;

/// <summary>
/// One step along the gradient, on one worker; <see cref="InTurn"/> has the phases, and the commit follows them:
/// <code>
///  rank 0                                                   rank 1
///    for each shard here: examples -> gradient sum            the same
///    add in tree order
///    ── reduce-scatter: slice 1 of the sum ───────────────►  owner of slice 1: add in tree order, divide by the batch's
///    ◄─────────────── slice 0 of the sum ──                   weight, apply the optimiser block by block
///    ◄─────────────── all-gather: new weights, slice 1 ──     (its replica gets what it needs to take over)
///    ── all-gather: new weights, slice 0 ────────────────►
///  both hold w(t+1)
/// </code>
/// Where that has been found to be faster, the exchange runs beside the backward pass, on a second thread: the last layers' gradients are
/// final and on their way while the first layers' are still being computed. Both ways give the same bits.
/// </summary>
/// <param name="task">This worker's part in the generation.</param>
/// <param name="batches">Gathers examples.</param>
/// <param name="gradients">The backward pass: gradient sums of this worker's shards.</param>
/// <param name="exchange">Reduce-scatter, update and all-gather.</param>
/// <param name="overlap">Runs the exchange beside the backward pass; null: never.</param>
/// <param name="replicas">Says when optimiser state is replicated.</param>
/// <param name="commits">Commits steps.</param>
/// <param name="phase">What this worker is doing, for others to see.</param>
internal sealed class TrainingStep<T>(
    TrainingTask task, BatchGatherer batches, GradientWork<T> gradients, StepExchange<T> exchange, OverlappedExchange<T>? overlap,
    ReplicaSchedule<T> replicas, StepCommits<T> commits, WorkerPhase phase) : ITrainingStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private long _computeTicks;
    private long _waitedBefore; // when the gradients were there
    private long _busyBefore;

    /// <inheritdoc/>
    public StepOutcome Run(long step, ModelVersion<T> from, ModelVersion<T> to, StepTrace? trace, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        var pass = new StepPass<T>(step, LearningRate.At(task.Job.Training, step, task.Batches.StepsPerEpoch), from, to, replicas.For(step));
        var (records, own) = overlap?.Includes(step) == true
            ? Overlapped(overlap, pass, trace, cancellation)
            : InTurn(pass, trace, cancellation);
        trace?.Updated(exchange.Updates);
        var trial = overlap?.Took(step, Stopwatch.GetElapsedTime(began));
        var exchangeTicks = Stopwatch.GetTimestamp() - began - _computeTicks;

        var busy = exchange.Updates.Busy;
        var (waited, updating) = (exchange.WaitedTicks - _waitedBefore, busy >= _busyBefore ? busy - _busyBefore : busy);

        commits.Commit(new StepRecord(step, records, GradientNorm: exchange.GradientNorm));
        return new StepOutcome(step, own, _computeTicks, exchangeTicks, waited, updating, trial);
    }

    private (ShardRecord[] Records, ShardRecord[] Own) InTurn(in StepPass<T> pass, StepTrace? trace, CancellationToken cancellation)
    {
        var own = GatherAndBackward(pass, trace, overlaps: false);

        using (trace?.Part(Spans.ReduceScatter))
        {
            exchange.Begin(pass.Step, pass: 0, pass.Rate, gradients.Sums, pass.From, pass.To, pass.Replica);
            exchange.ReduceScatter(cancellation);
        }

        exchange.Update(cancellation);
        using (trace?.Part(Spans.AllGather))
        {
            return (exchange.AllGather(cancellation), own);
        }
    }

    private (ShardRecord[] Records, ShardRecord[] Own) Overlapped(
        OverlappedExchange<T> beside, in StepPass<T> pass, StepTrace? trace, CancellationToken cancellation)
    {
        beside.Start(pass, trace, cancellation); // the same three phases, as gradients become final
        ShardRecord[] own;
        try
        {
            own = GatherAndBackward(pass, trace, overlaps: true);
        }
        catch
        {
            beside.Abandon(); // nothing of the step may be freed before the second thread has ended
            throw;
        }

        return (beside.Join(), own);
    }

    private ShardRecord[] GatherAndBackward(in StepPass<T> pass, StepTrace? trace, bool overlaps)
    {
        phase.Enter(PhaseKind.Compute);
        var began = Stopwatch.GetTimestamp();
        var batch = batches.Gather(pass.Step);
        var own = Backward(batch, pass, trace, overlaps);
        _computeTicks = Stopwatch.GetTimestamp() - began;
        (_waitedBefore, _busyBefore) = (exchange.WaitedTicks, overlaps ? exchange.Updates.Busy : 0);
        trace?.Overlaps(overlaps);
        phase.Enter(PhaseKind.Exchange);
        return own;
    }

    private ShardRecord[] Backward(IReadOnlyList<ShardBatch> batch, in StepPass<T> pass, StepTrace? trace, bool overlaps)
    {
        using var span = trace?.Part(Spans.Backward);
        return gradients.Backward(batch, pass.Step, pass.From.Weights, span?.Context, overlaps);
    }

    /// <inheritdoc/>
    public void Dispose() => overlap?.Dispose();
}

/// <summary>What a step reads and writes.</summary>
/// <param name="Step">The step.</param>
/// <param name="Rate">alpha.</param>
/// <param name="From">Version t.</param>
/// <param name="To">Receives version t + 1.</param>
/// <param name="Replica">Receives version t of another worker's optimiser state; null: none is replicated.</param>
internal readonly record struct StepPass<T>(long Step, double Rate, ModelVersion<T> From, ModelVersion<T> To, StateSlice<T>? Replica)
    where T : unmanaged;
