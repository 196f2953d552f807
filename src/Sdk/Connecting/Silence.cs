using System.Diagnostics;

namespace Granary.Sdk.Connecting;

/// <summary>How long the other end has said nothing at all, while it was asked. A refused connection is an answer too: the machine is there. Safe for use by several threads.</summary>
/// <param name="longest">How long that is borne.</param>
internal sealed class Silence(TimeSpan longest)
{
    /// <summary>How long a machine elsewhere may say nothing: those that are there answer at once, and a silo that dies or is frozen is one of several.</summary>
    public static readonly TimeSpan OfMachine = TimeSpan.FromSeconds(30);

    private const long Never = -1;

    private long _asked = Never;

    /// <summary>How long it is borne.</summary>
    public TimeSpan Longest => longest;

    /// <summary>Whether something was asked, and nothing was heard since.</summary>
    public bool IsWaiting => Interlocked.Read(ref _asked) != Never;

    /// <summary>Whether it has lasted too long.</summary>
    public bool IsTooLong => Interlocked.Read(ref _asked) is not Never and var asked && Stopwatch.GetElapsedTime(asked) >= longest;

    /// <summary>Something is asked.</summary>
    public void Ask() => Interlocked.CompareExchange(ref _asked, Stopwatch.GetTimestamp(), Never);

    /// <summary>Something was heard.</summary>
    public void Hear() => Interlocked.Exchange(ref _asked, Never);

    /// <summary>A wait is over, and nothing was heard. One that has lasted much longer than it was meant to says nothing of the other end: this process was stopped meanwhile, or its machine slept.</summary>
    /// <param name="since">When it began.</param>
    /// <param name="meant">How long it was meant to last.</param>
    public void HearNothing(long since, TimeSpan meant)
    {
        if (Stopwatch.GetElapsedTime(since) > 2 * meant)
        {
            Hear();
        }
    }
}
