namespace Granary.Contracts;

/// <summary>Which status of a job somebody has seen, so that the next one can be waited for. Marks say nothing but whether they are equal.</summary>
/// <param name="News">Another one after each change that is worth being told at once: state, activity, generation.</param>
/// <param name="Progress">Another one after each report of steps.</param>
[GenerateSerializer, Immutable, Alias("granary.StatusMark")]
public readonly record struct StatusMark([property: Id(0)] long News, [property: Id(1)] long Progress)
{
    /// <summary>A status is told after this time even if nothing has changed: a silence that is longer means that nobody is there.</summary>
    public static TimeSpan LongestWait { get; } = TimeSpan.FromSeconds(1);
}
