using Granary.Grains.ModelState;
using Granary.Grains.Telemetry;

namespace Granary.Grains.Workers;

/// <summary>Takes steps: reads version t of the model, writes version t + 1, and commits it.</summary>
internal interface ITrainingStep<T> : IDisposable
    where T : unmanaged
{
    /// <summary>Takes a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="from">Version t.</param>
    /// <param name="to">Receives version t + 1.</param>
    /// <param name="trace">This rank's part of the step's trace; null: it is not traced.</param>
    /// <param name="cancellation">Ends the waiting; the step is not committed then.</param>
    /// <exception cref="Channel.ChannelException">A peer is lost.</exception>
    /// <exception cref="Exchange.NonFiniteException">A loss, a gradient or a weight is not finite.</exception>
    StepOutcome Run(long step, ModelVersion<T> from, ModelVersion<T> to, StepTrace? trace, CancellationToken cancellation);
}
