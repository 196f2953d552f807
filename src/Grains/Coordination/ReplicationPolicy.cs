using Granary.Grains.Exchange;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <summary>How often optimiser state goes to its replica, and up to which step nothing can be lost by that.</summary>
public static class ReplicationPolicy
{
    /// <summary>Every how many steps; 0: never, because there is no state, or no other worker to hold it.</summary>
    /// <param name="layout">Who owns what.</param>
    /// <param name="stateBytesPerWeight">Bytes of optimiser state per weight.</param>
    /// <param name="stepSeconds">What a step takes; 0: not known yet.</param>
    public static long Every(ExchangeLayout layout, int stateBytesPerWeight, double stepSeconds) =>
        ReplicationPlan.Every(layout.Blocks, layout.Plan.Members, stateBytesPerWeight, stepSeconds);

    /// <summary>Steps before this one need never be taken again while one member at a time is lost. Members are one step apart
    /// at most: what one has committed, the others have but for the newest step.</summary>
    /// <param name="committed">Steps that one member at least has committed.</param>
    /// <param name="replicated">Steps at which state was sent to its replica; null where there is none to send.</param>
    public static long Settled(long committed, IEnumerable<long>? replicated) => replicated is null
        ? Math.Max(0, committed - 1)
        : replicated.Where(k => k + 2 <= committed).DefaultIfEmpty(0).Max();
}
