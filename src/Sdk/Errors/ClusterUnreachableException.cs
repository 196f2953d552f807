namespace Granary.Sdk;

/// <summary>No silo of the cluster answers, or none could be started.</summary>
public sealed class ClusterUnreachableException : GranaryException
{
    internal ClusterUnreachableException(string message)
        : base(message)
    {
    }
}
