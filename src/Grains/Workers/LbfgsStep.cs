using System.Diagnostics;
using System.Numerics;
using Granary.Contracts;
using Granary.Grains.ModelState;
using Granary.Grains.Telemetry;

namespace Granary.Grains.Workers;

/// <summary>A step of L-BFGS: any number of passes, each with a backward pass and an exchange, then one commit.</summary>
/// <param name="task">This worker's part in the generation.</param>
/// <param name="iteration">The passes and what follows from them.</param>
/// <param name="commits">Commits steps.</param>
internal sealed class LbfgsStep<T>(TrainingTask task, LbfgsIteration<T> iteration, StepCommits<T> commits) : ITrainingStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public StepOutcome Run(long step, ModelVersion<T> from, ModelVersion<T> to, CancellationToken cancellation)
    {
        using var trace = StepTrace.Begin(task, step);
        var (began, waited) = (Stopwatch.GetTimestamp(), iteration.WaitedTicks);
        var (records, own, last) = iteration.Run(step, from, to, trace?.Compute, cancellation);
        trace?.Dispose(); // an evaluation that follows is not part of the step
        var exchangeTicks = Stopwatch.GetTimestamp() - began - iteration.ComputeTicks;

        commits.Commit(new StepRecord(step, records, last));
        return new StepOutcome(step, own, iteration.ComputeTicks, exchangeTicks, iteration.WaitedTicks - waited, exchangeTicks - iteration.ExchangeTicks);
    }

    /// <inheritdoc/>
    public void Dispose() => iteration.Dispose();
}
