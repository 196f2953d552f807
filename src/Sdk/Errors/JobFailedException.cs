using Granary.Contracts;

namespace Granary.Sdk;

/// <summary>A job that the cluster had accepted has failed, or its cluster was lost while it ran. The message says why.</summary>
public sealed class JobFailedException : GranaryException
{
    internal JobFailedException(string message, JobStatus? status = null)
        : base(message) => Status = status;

    /// <summary>Where the job stood at its end; null where nobody could say.</summary>
    public JobStatus? Status { get; }
}
