namespace Granary.Grains.Goodput;

/// <summary>The time of day when it was made, and from then on what has really passed: nobody sets it back.</summary>
/// <param name="time">The machine's clocks.</param>
internal sealed class SteadyClock(TimeProvider time)
{
    private readonly DateTimeOffset _began = time.GetUtcNow();
    private readonly long _mark = time.GetTimestamp();

    /// <summary>The time.</summary>
    public DateTimeOffset Now => _began + time.GetElapsedTime(_mark);
}
