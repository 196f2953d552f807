namespace Granary.Jobs;

/// <summary>What faults are done to: a cluster and the job on it.</summary>
public interface IFaultGround
{
    /// <summary>Where things stand.</summary>
    Task<FaultView> Look(CancellationToken cancellation);

    /// <summary>Does a fault, and returns when it has begun, with the silos that it met: one may have died since the look.</summary>
    /// <param name="fault">What.</param>
    /// <param name="silos">To whom, of those of a look; empty for faults that concern no silo.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<IReadOnlyDictionary<string, long>> Begin(Fault fault, IReadOnlyDictionary<string, long> silos, CancellationToken cancellation);

    /// <summary>Ends a fault that has an end. Done also when the plan is given up: nothing may stay frozen.</summary>
    /// <param name="fault">What.</param>
    /// <param name="silos">To whom it was done.</param>
    Task End(Fault fault, IReadOnlyDictionary<string, long> silos);
}

/// <summary>A cluster and its job at one moment.</summary>
/// <param name="Silos">The silos that live: the name of each, and its process.</param>
/// <param name="Coordinator">The silo of the job's coordinator; null: not known.</param>
/// <param name="Step">Committed steps of the job.</param>
/// <param name="Whole">Whether the job trains and every silo that is wanted takes part in it.</param>
/// <param name="Ended">Whether the job has ended.</param>
public sealed record FaultView(IReadOnlyDictionary<string, long> Silos, string? Coordinator, long Step, bool Whole, bool Ended);
