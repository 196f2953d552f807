using System.Diagnostics;
using System.Numerics;
using Granary.Contracts;
using Granary.Grains.ModelState;
using Granary.Grains.Telemetry;

namespace Granary.Grains.Workers;

/// <summary>A step of L-BFGS: any number of passes, each with a backward pass and an exchange, then one commit.</summary>
/// <param name="iteration">The passes and what follows from them.</param>
/// <param name="commits">Commits steps.</param>
internal sealed class LbfgsStep<T>(LbfgsIteration<T> iteration, StepCommits<T> commits) : ITrainingStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public StepOutcome Run(long step, ModelVersion<T> from, ModelVersion<T> to, StepTrace? trace, CancellationToken cancellation)
    {
        var (began, waited) = (Stopwatch.GetTimestamp(), iteration.WaitedTicks);
        var (records, own, last) = iteration.Run(step, from, to, trace, cancellation);
        var exchangeTicks = Stopwatch.GetTimestamp() - began - iteration.ComputeTicks;

        commits.Commit(new StepRecord(step, records, last));
        return new StepOutcome(step, own, iteration.ComputeTicks, exchangeTicks, iteration.WaitedTicks - waited, exchangeTicks - iteration.ExchangeTicks);
    }

    /// <inheritdoc/>
    public void Dispose() => iteration.Dispose();
}
