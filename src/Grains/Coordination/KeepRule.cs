using Granary.Grains.Exchange;

namespace Granary.Grains.Coordination;

/// <summary>How often optimiser state goes to its backup. What lies between two times is done again after a loss, so it should
/// be short; each time costs a transfer, so it should be rare.</summary>
public static class KeepRule
{
    // Steps done again after a loss come to about half of this.
    private const double RedoSeconds = 0.1;

    // What the transfers may cost, as a part of the training time.
    private const double Cost = 0.02;

    // Copying, hashing, sending and receiving on a busy machine: on the safe side.
    private const double BytesPerSecond = 4e8;

    // Before any step has been timed.
    private const long First = 16;

    /// <summary>Every how many steps; 0: never, for nothing would be lost, or nobody could hold it.</summary>
    /// <param name="layout">Who owns what.</param>
    /// <param name="stateBytesPerWeight">Bytes of optimiser state per weight.</param>
    /// <param name="stepSeconds">What a step takes; 0: not known yet.</param>
    public static long Every(ExchangeLayout layout, int stateBytesPerWeight, double stepSeconds)
    {
        if (stateBytesPerWeight == 0 || layout.Replicated || layout.Plan.Members == 1)
        {
            return 0;
        }

        if (stepSeconds <= 0)
        {
            return First;
        }

        var transfer = (double)layout.Blocks.Weights * stateBytesPerWeight / layout.Plan.Members / BytesPerSecond;
        return Math.Max(1, (long)Math.Ceiling(Math.Max(RedoSeconds, transfer / Cost) / stepSeconds));
    }

    /// <summary>Steps before this one need never be taken again while one member at a time is lost. Members are one step apart
    /// at most: what one has committed, the others have but for the newest step.</summary>
    /// <param name="committed">Steps that one member at least has committed.</param>
    /// <param name="keeps">Steps at which state was sent to its backup; null where there is none to send.</param>
    public static long Settled(long committed, IEnumerable<long>? keeps) => keeps is null
        ? Math.Max(0, committed - 1)
        : keeps.Where(k => k + 2 <= committed).DefaultIfEmpty(0).Max();
}
