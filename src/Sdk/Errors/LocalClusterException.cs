namespace Granary.Sdk;

/// <summary>This machine has not what a local cluster needs: the silo's program, a folder that can be written to.</summary>
public sealed class LocalClusterException : GranaryException
{
    internal LocalClusterException(string message)
        : base(message)
    {
    }
}
