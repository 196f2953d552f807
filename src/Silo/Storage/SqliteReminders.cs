namespace Granary.Silo.Storage;

/// <summary>Orleans' reminders on SQLite.</summary>
internal static class SqliteReminders
{
    private const string Columns = "GrainId, ReminderName, StartTime, Period, Version FROM OrleansRemindersTable WHERE ServiceId = @ServiceId";

    /// <summary>Table and queries.</summary>
    public static string Script { get; } =
        """
        CREATE TABLE IF NOT EXISTS OrleansRemindersTable (
            ServiceId TEXT NOT NULL, GrainId TEXT NOT NULL, ReminderName TEXT NOT NULL, StartTime DATETIME NOT NULL, Period INTEGER NOT NULL,
            GrainHash INTEGER NOT NULL, Version INTEGER NOT NULL, PRIMARY KEY (ServiceId, GrainId, ReminderName));

        """
        + SqliteStore.Query("UpsertReminderRowKey",
            "INSERT INTO OrleansRemindersTable (ServiceId, GrainId, ReminderName, StartTime, Period, GrainHash, Version) "
            + "VALUES (@ServiceId, @GrainId, @ReminderName, @StartTime, @Period, @GrainHash, 0) ON CONFLICT DO UPDATE SET "
            + "StartTime = excluded.StartTime, Period = excluded.Period, GrainHash = excluded.GrainHash, Version = Version + 1 RETURNING Version;")
        + SqliteStore.Query("ReadReminderRowsKey", $"SELECT {Columns} AND GrainId = @GrainId;")
        + SqliteStore.Query("ReadReminderRowKey", $"SELECT {Columns} AND GrainId = @GrainId AND ReminderName = @ReminderName;")
        + SqliteStore.Query("ReadRangeRows1Key", $"SELECT {Columns} AND GrainHash > @BeginHash AND GrainHash <= @EndHash;")
        + SqliteStore.Query("ReadRangeRows2Key", $"SELECT {Columns} AND (GrainHash > @BeginHash OR GrainHash <= @EndHash);")
        + SqliteStore.Query("DeleteReminderRowKey",
            "BEGIN IMMEDIATE; DELETE FROM OrleansRemindersTable WHERE ServiceId = @ServiceId AND GrainId = @GrainId "
            + "AND ReminderName = @ReminderName AND Version = @Version; SELECT changes() > 0; COMMIT;")
        + SqliteStore.Query("DeleteReminderRowsKey", "DELETE FROM OrleansRemindersTable WHERE ServiceId = @ServiceId;");
}
