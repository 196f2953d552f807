namespace Granary.Silo.Storage;

/// <summary>Orleans' membership protocol on SQLite: a table of silos and a version that every change must match and raises.</summary>
internal static class SqliteMembership
{
    private const string Columns =
        "v.DeploymentId, m.Address, m.Port, m.Generation, m.SiloName, m.HostName, m.Status, m.ProxyPort, m.SuspectTimes, m.StartTime, "
        + "m.IAmAliveTime, v.Version FROM OrleansMembershipVersionTable v LEFT JOIN OrleansMembershipTable m ON m.DeploymentId = v.DeploymentId";

    private const string ThisSilo = "DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation";

    private const string RaiseVersion =
        "UPDATE OrleansMembershipVersionTable SET Version = Version + 1, Timestamp = CURRENT_TIMESTAMP "
        + "WHERE DeploymentId = @DeploymentId AND Version = @Version AND changes() > 0;";

    private const string AtThisVersion =
        "EXISTS (SELECT 1 FROM OrleansMembershipVersionTable WHERE DeploymentId = @DeploymentId AND Version = @Version)";

    /// <summary>Tables and queries.</summary>
    public static string Script { get; } =
        """
        CREATE TABLE IF NOT EXISTS OrleansMembershipVersionTable (
            DeploymentId TEXT NOT NULL PRIMARY KEY, Timestamp DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, Version INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE IF NOT EXISTS OrleansMembershipTable (
            DeploymentId TEXT NOT NULL, Address TEXT NOT NULL, Port INTEGER NOT NULL, Generation INTEGER NOT NULL, SiloName TEXT NOT NULL,
            HostName TEXT NOT NULL, Status INTEGER NOT NULL, ProxyPort INTEGER NULL, SuspectTimes TEXT NULL, StartTime DATETIME NOT NULL,
            IAmAliveTime DATETIME NOT NULL, PRIMARY KEY (DeploymentId, Address, Port, Generation));

        """
        + SqliteStore.Query("InsertMembershipVersionKey",
            "BEGIN IMMEDIATE; INSERT INTO OrleansMembershipVersionTable (DeploymentId) VALUES (@DeploymentId) ON CONFLICT DO NOTHING; "
            + "SELECT changes() > 0; COMMIT;")
        + SqliteStore.Query("InsertMembershipKey",
            "BEGIN IMMEDIATE; INSERT INTO OrleansMembershipTable (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, "
            + "StartTime, IAmAliveTime) SELECT @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, "
            + $"@IAmAliveTime WHERE {AtThisVersion} ON CONFLICT DO NOTHING; {RaiseVersion} SELECT changes() > 0; COMMIT;")
        + SqliteStore.Query("UpdateMembershipKey",
            "BEGIN IMMEDIATE; UPDATE OrleansMembershipTable SET Status = @Status, SuspectTimes = @SuspectTimes, IAmAliveTime = @IAmAliveTime "
            + $"WHERE {ThisSilo} AND {AtThisVersion}; {RaiseVersion} SELECT changes() > 0; COMMIT;")
        + SqliteStore.Query("UpdateIAmAlivetimeKey", $"UPDATE OrleansMembershipTable SET IAmAliveTime = @IAmAliveTime WHERE {ThisSilo};")
        + SqliteStore.Query("MembershipReadRowKey",
            $"SELECT {Columns} AND m.Address = @Address AND m.Port = @Port AND m.Generation = @Generation WHERE v.DeploymentId = @DeploymentId;")
        + SqliteStore.Query("MembershipReadAllKey", $"SELECT {Columns} WHERE v.DeploymentId = @DeploymentId;")
        + SqliteStore.Query("DeleteMembershipTableEntriesKey",
            "BEGIN IMMEDIATE; DELETE FROM OrleansMembershipTable WHERE DeploymentId = @DeploymentId; "
            + "DELETE FROM OrleansMembershipVersionTable WHERE DeploymentId = @DeploymentId; COMMIT;")
        + SqliteStore.Query("GatewaysQueryKey",
            "SELECT Address, ProxyPort, Generation FROM OrleansMembershipTable WHERE DeploymentId = @DeploymentId AND Status = @Status AND ProxyPort > 0;")
        + SqliteStore.Query("CleanupDefunctSiloEntriesKey",
            "DELETE FROM OrleansMembershipTable WHERE DeploymentId = @DeploymentId AND IAmAliveTime < @IAmAliveTime AND Status <> 3;");
}
