namespace Granary.Contracts;

/// <summary>What the holder of a token may do. Each role may do what those before it may.</summary>
[GenerateSerializer, Alias("granary.Role")]
public enum Role
{
    /// <summary>Reads: silos, jobs, events, metrics and what jobs have left.</summary>
    Viewer,

    /// <summary>Hands jobs in, and ends, pauses and resumes those.</summary>
    Submitter,

    /// <summary>Everything: the jobs of others, tokens, the audit log.</summary>
    Operator,
}
