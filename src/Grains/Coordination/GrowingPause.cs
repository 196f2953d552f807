namespace Granary.Grains.Coordination;

/// <summary>Pauses between tries: each twice as long as the one before, up to a longest.</summary>
/// <param name="first">The first one.</param>
/// <param name="longest">The longest.</param>
internal sealed class GrowingPause(TimeSpan first, TimeSpan longest)
{
    private TimeSpan _next = first;

    /// <summary>The next one.</summary>
    public TimeSpan Next()
    {
        var pause = _next;
        _next = pause * 2 < longest ? pause * 2 : longest;
        return pause;
    }
}
