using Granary.Contracts;

namespace Granary.Client.Display.Story;

/// <summary>One kind of finding about a job.</summary>
internal interface IFinding
{
    /// <summary>The kinds of events that it covers.</summary>
    IReadOnlyList<JobEventKind> Kinds { get; }

    /// <summary>Whether it reports a fault: if it reports anything, something went wrong.</summary>
    bool IsFault { get; }

    /// <summary>What it has found, in plain sentences; null: nothing.</summary>
    string? Tell(JobRecord record);
}
