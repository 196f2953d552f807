using Granary.Contracts;

namespace Granary.Sdk.Watching;

/// <summary>Whether a job goes on. A plain rule.</summary>
internal static class EndOfJob
{
    /// <summary>Whether it has ended, one way or another.</summary>
    public static bool HasEnded(this JobStatus status) => status.State is JobState.Completed or JobState.Failed or JobState.Cancelled;
}
