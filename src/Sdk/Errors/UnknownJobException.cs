namespace Granary.Sdk;

/// <summary>The cluster has no job of this id.</summary>
public sealed class UnknownJobException : GranaryException
{
    internal UnknownJobException(string jobId, string message)
        : base(message) => JobId = jobId;

    /// <summary>The id that was asked for.</summary>
    public string JobId { get; }
}
