using System.Diagnostics;

namespace Granary.Grains.Exchange;

/// <summary>When something that is done piece by piece was done, in <see cref="Stopwatch"/> ticks.</summary>
/// <param name="Began">Beginning of the first piece.</param>
/// <param name="Ended">End of the last piece.</param>
/// <param name="Busy">The pieces alone, without what lay between them.</param>
/// <param name="Times">How many pieces.</param>
internal readonly record struct TimeSpent(long Began, long Ended, long Busy, int Times)
{
    /// <summary>With one piece more, which ends now.</summary>
    public TimeSpent With(long began)
    {
        var now = Stopwatch.GetTimestamp();
        return new TimeSpent(Times == 0 ? began : Began, now, Busy + now - began, Times + 1);
    }
}
