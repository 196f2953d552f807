namespace Granary.Sdk.Local;

/// <summary>Tells a silo that starts slowly from one that hangs. Plain rules.</summary>
internal static class StartRule
{
    // A start takes one to two seconds where nothing else runs.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(90);

    // Beyond that it goes on while it gets little of the processor, and uses what it gets: starved, not hanging.
    private static readonly TimeSpan LongestStarved = TimeSpan.FromMinutes(10);

    // A start needs three to five seconds of the processor.
    private static readonly TimeSpan MostWork = TimeSpan.FromSeconds(15);

    // What a process uses that only waits.
    private const double Idle = 0.005;

    /// <summary>Whether a silo that has not joined is to be ended.</summary>
    /// <param name="up">How long ago it was started.</param>
    /// <param name="work">Processor time it has used.</param>
    /// <param name="lately">Processor time it has used in the last while.</param>
    /// <param name="during">That while.</param>
    public static bool Hangs(TimeSpan up, TimeSpan work, TimeSpan lately, TimeSpan during) =>
        up >= Longest && (up >= LongestStarved || work >= MostWork || lately < during * Idle);
}
