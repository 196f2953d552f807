using Granary.Contracts;

namespace Granary.Grains.Workers;

/// <summary>What one worker knows of a step that it has taken.</summary>
/// <param name="Step">The step.</param>
/// <param name="Own">What this worker's shards put in.</param>
/// <param name="ComputeTicks">Stopwatch ticks spent on gradients.</param>
/// <param name="ExchangeTicks">Ticks spent after the gradients were there.</param>
/// <param name="WaitedTicks">Of these: waiting for others.</param>
/// <param name="UpdateTicks">Of these: averaging and the optimiser.</param>
/// <param name="Trial">The outcome of the overlap trial that this step has ended; null: it has ended none.</param>
internal readonly record struct StepOutcome(long Step, ShardRecord[] Own, long ComputeTicks, long ExchangeTicks, long WaitedTicks, long UpdateTicks, OverlapTrial? Trial = null);
