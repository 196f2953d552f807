using Granary.Jobs;
using Granary.Sdk.Local;

namespace Granary.Sdk.Connecting;

/// <summary>Where a cluster's membership is to be found.</summary>
/// <param name="Cluster">Its id.</param>
/// <param name="MembershipFile">The embedded store; null with Redis.</param>
/// <param name="Redis">HOST:PORT; null with the embedded store.</param>
/// <param name="Web">Where its silos serve HTTP; null: nowhere that is known.</param>
/// <param name="Remote">A cluster that can be asked over HTTP alone: nothing else counts then.</param>
internal sealed record ClusterAddress(string Cluster, string? MembershipFile, string? Redis, Uri? Web = null, RemoteCluster? Remote = null)
{
    /// <summary>The home of the lasting local cluster that the environment names: GRANARY_HOME, else ~/.granary.</summary>
    public static string HomeOfEnvironment => Variable("GRANARY_HOME") is { } home
        ? UserPath.Expand(home)
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".granary");

    /// <summary>HOST:PORT of the Redis that the environment names (GRANARY_REDIS): a cluster of several machines. Null: none.</summary>
    public static string? RedisOfEnvironment => Variable("GRANARY_REDIS");

    /// <summary>The id that the environment gives a cluster of several machines (GRANARY_CLUSTER).</summary>
    public static string ClusterOfEnvironment => Environment.GetEnvironmentVariable("GRANARY_CLUSTER") ?? "local";

    /// <summary>The cluster behind a Redis where one is named, else the one that runs under a home directory.</summary>
    /// <exception cref="ClusterUnreachableException">None runs there.</exception>
    public static ClusterAddress Of(string? redis, string cluster, string home) =>
        redis is null ? new ClusterHome(home).Address() : new ClusterAddress(cluster, null, redis);

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? text : null;
}
