namespace Granary.Silo.Storage.Postgres;

/// <summary>Orleans' membership protocol on PostgreSQL: a table of silos and a version that every change must match and raises. The version's row is changed
/// first, and is locked by it: of two changes that are made at once the second finds another version, and changes nothing.</summary>
internal static class PostgresMembership
{
    private const string Rows =
        "SELECT v.DeploymentId, m.Address, m.Port, m.Generation, m.SiloName, m.HostName, m.Status, m.ProxyPort, m.SuspectTimes, m.StartTime, m.IAmAliveTime, "
        + "v.Version FROM OrleansMembershipVersionTable v LEFT JOIN OrleansMembershipTable m ON m.DeploymentId = v.DeploymentId";

    private const string ThisSilo = "m.DeploymentId = @DeploymentId AND m.Address = @Address AND m.Port = @Port AND m.Generation = @Generation";

    private const string Known = $"EXISTS (SELECT 1 FROM OrleansMembershipTable m WHERE {ThisSilo})";

    private const string Raise =
        "UPDATE OrleansMembershipVersionTable SET Version = Version + 1, Timestamp = now() WHERE DeploymentId = @DeploymentId AND Version = @Version";

    /// <summary>Tables.</summary>
    public const string Tables =
        """
        CREATE TABLE IF NOT EXISTS OrleansMembershipVersionTable (
            DeploymentId text PRIMARY KEY, Timestamp timestamptz NOT NULL DEFAULT now(), Version int NOT NULL DEFAULT 0);
        CREATE TABLE IF NOT EXISTS OrleansMembershipTable (
            DeploymentId text NOT NULL, Address text NOT NULL, Port int NOT NULL, Generation int NOT NULL, SiloName text NOT NULL, HostName text NOT NULL,
            Status int NOT NULL, ProxyPort int NULL, SuspectTimes text NULL, StartTime timestamptz NOT NULL, IAmAliveTime timestamptz NOT NULL,
            PRIMARY KEY (DeploymentId, Address, Port, Generation));

        """;

    /// <summary>The queries that Orleans looks up, by name.</summary>
    public static IReadOnlyDictionary<string, string> Queries { get; } = new Dictionary<string, string>
    {
        ["InsertMembershipVersionKey"] =
            "WITH added AS (INSERT INTO OrleansMembershipVersionTable (DeploymentId) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1) "
            + "SELECT EXISTS (SELECT 1 FROM added)",
        ["InsertMembershipKey"] =
            $"WITH raised AS ({Raise} AND NOT {Known} RETURNING 1), "
            + "added AS (INSERT INTO OrleansMembershipTable (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime) "
            + "SELECT @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM raised RETURNING 1) "
            + "SELECT EXISTS (SELECT 1 FROM added)",
        ["UpdateMembershipKey"] =
            $"WITH raised AS ({Raise} AND {Known} RETURNING 1), "
            + "changed AS (UPDATE OrleansMembershipTable m SET Status = @Status, SuspectTimes = @SuspectTimes, IAmAliveTime = @IAmAliveTime "
            + $"FROM raised WHERE {ThisSilo} RETURNING 1) SELECT EXISTS (SELECT 1 FROM changed)",
        ["UpdateIAmAlivetimeKey"] = $"UPDATE OrleansMembershipTable m SET IAmAliveTime = @IAmAliveTime WHERE {ThisSilo}",
        ["MembershipReadRowKey"] =
            $"{Rows} AND m.Address = @Address AND m.Port = @Port AND m.Generation = @Generation WHERE v.DeploymentId = @DeploymentId",
        ["MembershipReadAllKey"] = $"{Rows} WHERE v.DeploymentId = @DeploymentId",
        ["DeleteMembershipTableEntriesKey"] =
            "WITH silos AS (DELETE FROM OrleansMembershipTable WHERE DeploymentId = @DeploymentId) "
            + "DELETE FROM OrleansMembershipVersionTable WHERE DeploymentId = @DeploymentId",
        ["GatewaysQueryKey"] =
            "SELECT Address, ProxyPort, Generation FROM OrleansMembershipTable WHERE DeploymentId = @DeploymentId AND Status = @Status AND ProxyPort > 0",
        ["CleanupDefunctSiloEntriesKey"] = // 3: active
            "DELETE FROM OrleansMembershipTable WHERE DeploymentId = @DeploymentId AND IAmAliveTime < @IAmAliveTime AND Status <> 3",
    };
}
