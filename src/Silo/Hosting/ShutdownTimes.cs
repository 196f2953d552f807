namespace Granary.Silo.Hosting;

/// <summary>How long a silo may take that is told to stop. Whoever stops it, as Kubernetes does, waits for longer before it kills it.</summary>
internal static class ShutdownTimes
{
    /// <summary>For its jobs and services to come to their end.</summary>
    public static readonly TimeSpan Graceful = TimeSpan.FromSeconds(30);

    /// <summary>After this it ends in any case.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(40);
}
