namespace Granary.Silo.Storage;

/// <summary>Orleans' grain storage on SQLite: a write must match the version it read.</summary>
internal static class SqliteGrainState
{
    private const string ThisGrain =
        "GrainIdHash = @GrainIdHash AND GrainTypeHash = @GrainTypeHash AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1 "
        + "AND GrainTypeString = @GrainTypeString AND GrainIdExtensionString IS @GrainIdExtensionString AND ServiceId = @ServiceId";

    // The answer to a write that comes too late is the version the writer had: Orleans then reports the conflict.
    private const string Conflict =
        "SELECT @GrainStateVersion AS NewGrainStateVersion WHERE @GrainStateVersion IS NOT NULL AND NOT EXISTS "
        + $"(SELECT 1 FROM OrleansStorage WHERE {ThisGrain} AND Version = @GrainStateVersion);";

    /// <summary>Table and queries.</summary>
    public static string Script { get; } =
        """
        CREATE TABLE IF NOT EXISTS OrleansStorage (
            GrainIdHash INTEGER NOT NULL, GrainIdN0 INTEGER NOT NULL, GrainIdN1 INTEGER NOT NULL, GrainTypeHash INTEGER NOT NULL,
            GrainTypeString TEXT NOT NULL, GrainIdExtensionString TEXT NULL, ServiceId TEXT NOT NULL, PayloadBinary BLOB NULL,
            ModifiedOn DATETIME NOT NULL, Version INTEGER NULL);
        CREATE INDEX IF NOT EXISTS IX_OrleansStorage ON OrleansStorage (GrainIdHash, GrainTypeHash);

        """
        + SqliteStore.Query("WriteToStorageKey",
            $"BEGIN IMMEDIATE; {Conflict} "
            + "INSERT INTO OrleansStorage (GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString, GrainIdExtensionString, ServiceId, "
            + "PayloadBinary, ModifiedOn, Version) SELECT @GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString, "
            + "@GrainIdExtensionString, @ServiceId, @PayloadBinary, CURRENT_TIMESTAMP, 1 "
            + $"WHERE @GrainStateVersion IS NULL AND NOT EXISTS (SELECT 1 FROM OrleansStorage WHERE {ThisGrain}) "
            + "RETURNING Version AS NewGrainStateVersion; "
            + "UPDATE OrleansStorage SET PayloadBinary = @PayloadBinary, ModifiedOn = CURRENT_TIMESTAMP, Version = Version + 1 "
            + $"WHERE {ThisGrain} AND Version = @GrainStateVersion RETURNING Version AS NewGrainStateVersion; COMMIT;")
        + SqliteStore.Query("ReadFromStorageKey", $"SELECT PayloadBinary, Version FROM OrleansStorage WHERE {ThisGrain};")
        + SqliteStore.Query("ClearStorageKey",
            $"BEGIN IMMEDIATE; {Conflict} "
            + "UPDATE OrleansStorage SET PayloadBinary = NULL, ModifiedOn = CURRENT_TIMESTAMP, Version = Version + 1 "
            + $"WHERE {ThisGrain} AND Version = @GrainStateVersion RETURNING Version AS NewGrainStateVersion; COMMIT;");
}
