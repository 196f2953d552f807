using System.Diagnostics;
using System.Numerics;
using Granary.Contracts;
using Granary.Grains.Exchange;
using Granary.Grains.ModelState;

namespace Granary.Grains.Workers;

/// <summary>Evaluates the current version on the held-out examples of this worker's shards, and exchanges the figures.</summary>
/// <param name="gradients">Computes the losses.</param>
/// <param name="exchange">Tells every worker every shard's figures.</param>
/// <param name="versions">Has the current version.</param>
/// <param name="log">Takes the figures.</param>
/// <param name="phase">What this worker is doing, for others to see.</param>
internal sealed class HeldOutEvaluation<T>(
    GradientWork<T> gradients, EvaluationExchange exchange, VersionStore<T> versions, RecordLog log, WorkerPhase phase) : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Ranks of the workers whose figures are still missing.</summary>
    public IReadOnlyList<int> WaitingFor() => exchange.WaitingFor();

    /// <summary>Evaluates the current version.</summary>
    /// <returns>What its time went on.</returns>
    /// <exception cref="Channel.ChannelException">A peer is lost.</exception>
    public WorkerSeconds Run(CancellationToken cancellation)
    {
        phase.Enter(PhaseKind.Evaluate);
        var (began, waited) = (Stopwatch.GetTimestamp(), exchange.WaitedTicks);
        var (committed, weights) = (versions.Current.Step, versions.Current.Weights);
        var own = gradients.Evaluate(committed, weights);
        phase.Enter(PhaseKind.EvaluationExchange);
        log.Add(exchange.Run(committed, own, cancellation));
        var waiting = (double)(exchange.WaitedTicks - waited) / Stopwatch.Frequency;
        return new WorkerSeconds(Evaluating: Stopwatch.GetElapsedTime(began).TotalSeconds - waiting, Waiting: waiting);
    }

    /// <inheritdoc/>
    public void Dispose() => exchange.Dispose();
}
