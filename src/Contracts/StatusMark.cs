namespace Granary.Contracts;

/// <summary>Identifies a status of a job, so that a caller can wait for the next one. Marks can only be compared for equality.</summary>
/// <param name="News">Changes with the job's state, activity and generation.</param>
/// <param name="Progress">Changes with each report of steps.</param>
[GenerateSerializer, Immutable, Alias("granary.StatusMark")]
public readonly record struct StatusMark([property: Id(0)] long News, [property: Id(1)] long Progress)
{
    /// <summary>A status is returned after this time even if nothing has changed; a caller that waits longer has lost its coordinator.</summary>
    public static TimeSpan LongestWait { get; } = TimeSpan.FromSeconds(1);
}
