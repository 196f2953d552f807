namespace Granary.Grains.Coordination;

/// <summary>How far ahead steps are granted: about one second's worth, so that the workers never wait for the coordinator and
/// a pause, a resize or a cancellation comes within about a second.</summary>
public static class GrantRule
{
    // Before any step has been timed, and at the least: a step may take seconds.
    private const long First = 4;

    // The first step is slow, so the pace is raised only gradually.
    private const long Growth = 4;

    /// <summary>The first step that may not be taken yet.</summary>
    /// <param name="committed">Committed steps.</param>
    /// <param name="steps">Steps of the job.</param>
    /// <param name="seconds">Seconds the steps committed in this generation took.</param>
    /// <param name="taken">How many they were.</param>
    public static long Until(long committed, long steps, double seconds, long taken)
    {
        var perSecond = taken > 0 && seconds > 0 ? Math.Min(taken * Growth, (long)(taken / seconds)) : 0;
        return Math.Min(steps, committed + Math.Max(First, perSecond));
    }
}
