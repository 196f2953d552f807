using Granary.Jobs;
using Granary.Sdk.Local;

namespace Granary.Sdk.Connecting;

/// <summary>Where a cluster's membership is to be found.</summary>
/// <param name="Cluster">Its id.</param>
/// <param name="MembershipFile">The embedded store; null with another one.</param>
/// <param name="Redis">HOST:PORT, with options after commas; null with another store.</param>
/// <param name="Web">Where its silos serve HTTP; null: nowhere that is known.</param>
/// <param name="Postgres">Connection string; null with another store.</param>
/// <param name="Remote">A cluster that can be asked over HTTP alone: nothing else counts then.</param>
/// <param name="Certificates">Folder of what this client shows its silos; null: they demand no certificates.</param>
internal sealed record ClusterAddress(string Cluster, string? MembershipFile, string? Redis, Uri? Web = null, string? Postgres = null, RemoteCluster? Remote = null, string? Certificates = null)
{
    /// <summary>Whether it is a cluster of several machines.</summary>
    public bool IsElsewhere => Redis is not null || Postgres is not null;

    /// <summary>The variable that names its store, and where that is, without passwords; null: a cluster of this machine.</summary>
    public (string Variable, string Place)? Store =>
        Redis is not null ? ("GRANARY_REDIS", StoreName.OfRedis(Redis))
        : Postgres is not null ? ("GRANARY_POSTGRES", StoreName.OfPostgres(Postgres))
        : null;

    /// <summary>Without passwords.</summary>
    public override string ToString() => $"cluster {Cluster} {Store?.Place ?? MembershipFile}";

    /// <summary>The home of the lasting local cluster that the environment names: GRANARY_HOME, else ~/.granary.</summary>
    public static string HomeOfEnvironment => Variable("GRANARY_HOME") is { } home
        ? UserPath.Expand(home)
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".granary");

    /// <summary>HOST:PORT of the Redis that the environment names (GRANARY_REDIS): a cluster of several machines. Null: none.</summary>
    public static string? RedisOfEnvironment => Variable("GRANARY_REDIS");

    /// <summary>The connection string of the PostgreSQL database that the environment names (GRANARY_POSTGRES), where it names no Redis. Null: none.</summary>
    public static string? PostgresOfEnvironment => RedisOfEnvironment is null ? Variable("GRANARY_POSTGRES") : null;

    /// <summary>Folder of the certificates that the environment names (GRANARY_CERTS) for a cluster of several machines. Null: none.</summary>
    public static string? CertificatesOfEnvironment => Variable("GRANARY_CERTS") is { } folder ? UserPath.Expand(folder) : null;

    /// <summary>The id that the environment gives a cluster of several machines (GRANARY_CLUSTER).</summary>
    public static string ClusterOfEnvironment => Environment.GetEnvironmentVariable("GRANARY_CLUSTER") ?? "local";

    /// <summary>The cluster behind a Redis or a PostgreSQL database where one is named, else the one that runs under a home directory.</summary>
    /// <exception cref="ClusterUnreachableException">None runs there.</exception>
    public static ClusterAddress Of(string? redis, string? postgres, string cluster, string home) =>
        redis is not null ? new ClusterAddress(cluster, null, redis, Certificates: CertificatesOfEnvironment)
        : postgres is not null ? new ClusterAddress(cluster, null, null, Postgres: postgres, Certificates: CertificatesOfEnvironment)
        : new ClusterHome(home).Address();

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? text : null;
}
