namespace Granary.Jobs;

/// <summary>How often optimiser state goes to its backup. What lies between two times is done again after a loss, so it should
/// be short; each time costs a transfer, so it should be rare.</summary>
public static class ReplicationPlan
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
    /// <param name="blocks">The flat weight vector.</param>
    /// <param name="members">Silos that take part.</param>
    /// <param name="stateBytesPerWeight">Bytes of optimiser state per weight.</param>
    /// <param name="stepSeconds">What a step takes; 0: not known yet.</param>
    public static long Every(BlockPlan blocks, int members, int stateBytesPerWeight, double stepSeconds)
    {
        if (stateBytesPerWeight == 0 || blocks.Replicated || members == 1)
        {
            return 0;
        }

        if (stepSeconds <= 0)
        {
            return First;
        }

        var transfer = (double)blocks.Weights * stateBytesPerWeight / members / BytesPerSecond;
        return Math.Max(1, (long)Math.Ceiling(Math.Max(RedoSeconds, transfer / Cost) / stepSeconds));
    }
}
