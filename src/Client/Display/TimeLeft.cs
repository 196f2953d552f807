using Granary.Contracts;

namespace Granary.Client.Display;

/// <summary>How long a job still takes, by its recent pace. Plain rules.</summary>
internal static class TimeLeft
{
    /// <summary>Seconds to go; null if unknown: it does not train, or has not for a second.</summary>
    public static double? Of(JobStatus s)
    {
        if (s is not { State: JobState.Running, Step: > 0, Steps: > 0, ExamplesPerSecond: > 0 })
        {
            return null;
        }

        var examplesPerStep = (double)s.Examples / s.Step; // steps and examples of all sittings
        return examplesPerStep * (s.Steps - s.Step) / s.ExamplesPerSecond;
    }
}
