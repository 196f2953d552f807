namespace Granary.Silo.Storage.Postgres;

/// <summary>Orleans' grain storage on PostgreSQL: a write must match the version it read. Each is one statement; where two meet at a row the second waits for the
/// first, and then finds another version.</summary>
internal static class PostgresGrainState
{
    private const string ThisGrain =
        "GrainIdHash = @GrainIdHash AND GrainTypeHash = @GrainTypeHash AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1 "
        + "AND GrainTypeString = @GrainTypeString AND GrainIdExtensionString IS NOT DISTINCT FROM @GrainIdExtensionString AND ServiceId = @ServiceId";

    // The answer to a write that comes too late is the version the writer had: Orleans then reports the conflict.
    private const string Conflict = "SELECT @GrainStateVersion WHERE @GrainStateVersion IS NOT NULL AND NOT EXISTS (SELECT 1 FROM changed)";

    private const string AtThisVersion = $"WHERE {ThisGrain} AND Version = @GrainStateVersion RETURNING Version";

    /// <summary>The table. A grain has one row at the most, whether its id has an extension or not.</summary>
    public const string Tables =
        """
        CREATE TABLE IF NOT EXISTS OrleansStorage (
            GrainIdHash int NOT NULL, GrainIdN0 bigint NOT NULL, GrainIdN1 bigint NOT NULL, GrainTypeHash int NOT NULL, GrainTypeString text NOT NULL,
            GrainIdExtensionString text NULL, ServiceId text NOT NULL, PayloadBinary bytea NULL, ModifiedOn timestamptz NOT NULL, Version int NOT NULL);
        CREATE UNIQUE INDEX IF NOT EXISTS IX_OrleansStorage ON OrleansStorage
            (GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, ServiceId, GrainTypeString, (COALESCE(GrainIdExtensionString, '')));

        """;

    /// <summary>The queries that Orleans looks up, by name.</summary>
    public static IReadOnlyDictionary<string, string> Queries { get; } = new Dictionary<string, string>
    {
        ["WriteToStorageKey"] =
            "WITH changed AS (UPDATE OrleansStorage SET PayloadBinary = @PayloadBinary, ModifiedOn = now(), Version = Version + 1 "
            + $"{AtThisVersion}), "
            + "added AS (INSERT INTO OrleansStorage (GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString, GrainIdExtensionString, ServiceId, "
            + "PayloadBinary, ModifiedOn, Version) SELECT @GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString, @GrainIdExtensionString, "
            + "@ServiceId, @PayloadBinary, now(), 1 WHERE @GrainStateVersion IS NULL ON CONFLICT DO NOTHING RETURNING Version) "
            + $"SELECT Version AS NewGrainStateVersion FROM changed UNION ALL SELECT Version FROM added UNION ALL {Conflict}",
        ["ReadFromStorageKey"] = $"SELECT PayloadBinary, Version FROM OrleansStorage WHERE {ThisGrain}",
        ["ClearStorageKey"] =
            $"WITH changed AS (UPDATE OrleansStorage SET PayloadBinary = NULL, ModifiedOn = now(), Version = Version + 1 {AtThisVersion}) "
            + $"SELECT Version AS NewGrainStateVersion FROM changed UNION ALL {Conflict}",
    };
}
