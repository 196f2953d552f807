namespace Granary.Jobs;

/// <summary>A plan of faults to inject: what, into which silos, and when. The same plan runs against a test cluster and against real
/// processes; its random choices derive from its seed.</summary>
/// <param name="Seed">Of every random choice.</param>
/// <param name="Faults">In the order of the file.</param>
public sealed record FaultPlan(long Seed, IReadOnlyList<PlannedFault> Faults);

/// <summary>One line of a plan.</summary>
/// <param name="Fault">What is done.</param>
/// <param name="Target">A silo's name, or one of <see cref="FaultTarget"/>'s words; empty for faults that concern no silo.</param>
/// <param name="When">When it is done.</param>
/// <param name="Count">To how many silos at the same moment.</param>
/// <param name="Again">Injected once more, into what the target then matches, so many seconds later: a second fault during recovery; 0: no.</param>
public sealed record PlannedFault(Fault Fault, string Target, FaultTime When, int Count, double Again)
{
    /// <summary>How often it is injected, repeats counted; null: as many as there is time for.</summary>
    public int? Times => (When.Every, When.Times) is ({ }, int.MaxValue) ? null : (When.Every is null ? 1 : When.Times) * (Again > 0 ? 2 : 1);
}

/// <summary>When a fault is done: at a time, at a step, or again and again.</summary>
/// <param name="Seconds">Since the plan began; null: not by time.</param>
/// <param name="Step">When the job has committed so many steps; null: not by step.</param>
/// <param name="Every">Again and again, so many seconds (drawn from this range) after the job has got over the one before and
/// every silo takes part again; null: once.</param>
/// <param name="Times">How often at most, with <paramref name="Every"/>.</param>
public sealed record FaultTime(double? Seconds, long? Step, (double Least, double Most)? Every, int Times);
