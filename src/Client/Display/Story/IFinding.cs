using Granary.Contracts;

namespace Granary.Client.Display.Story;

/// <summary>One kind of finding about a job.</summary>
internal interface IFinding
{
    /// <summary>The events that it tells of.</summary>
    IReadOnlyList<JobEventKind> Kinds { get; }

    /// <summary>Whether something went wrong where it has something to tell.</summary>
    bool IsFault { get; }

    /// <summary>What it has found, in plain sentences; null: nothing.</summary>
    string? Tell(JobRecord record);
}
