using Granary.Contracts;

namespace Granary.Grains.Workers;

/// <summary>What one worker knows of a step that it has taken.</summary>
/// <param name="Step">The step.</param>
/// <param name="Own">What this worker's shards put in.</param>
/// <param name="ComputeTicks">Stopwatch ticks spent on gradients.</param>
/// <param name="ExchangeTicks">Ticks spent after the gradients were there.</param>
/// <param name="WaitedTicks">Ticks of waiting for others, beside the gradients, too.</param>
/// <param name="Trial">The outcome of the overlap trial that this step has ended; null: it has ended none.</param>
internal readonly record struct StepOutcome(long Step, ShardRecord[] Own, long ComputeTicks, long ExchangeTicks, long WaitedTicks, OverlapTrial? Trial = null);
