namespace Granary.Silo.Storage.Postgres;

/// <summary>Orleans' reminders on PostgreSQL.</summary>
internal static class PostgresReminders
{
    private const string Rows = "SELECT GrainId, ReminderName, StartTime, Period, Version FROM OrleansRemindersTable WHERE ServiceId = @ServiceId";

    /// <summary>The table.</summary>
    public const string Tables =
        """
        CREATE TABLE IF NOT EXISTS OrleansRemindersTable (
            ServiceId text NOT NULL, GrainId text NOT NULL, ReminderName text NOT NULL, StartTime timestamptz NOT NULL, Period bigint NOT NULL,
            GrainHash int NOT NULL, Version int NOT NULL, PRIMARY KEY (ServiceId, GrainId, ReminderName));

        """;

    /// <summary>The queries that Orleans looks up, by name.</summary>
    public static IReadOnlyDictionary<string, string> Queries { get; } = new Dictionary<string, string>
    {
        ["UpsertReminderRowKey"] =
            "INSERT INTO OrleansRemindersTable AS r (ServiceId, GrainId, ReminderName, StartTime, Period, GrainHash, Version) "
            + "VALUES (@ServiceId, @GrainId, @ReminderName, @StartTime, @Period, @GrainHash, 0) ON CONFLICT (ServiceId, GrainId, ReminderName) DO UPDATE SET "
            + "StartTime = excluded.StartTime, Period = excluded.Period, GrainHash = excluded.GrainHash, Version = r.Version + 1 RETURNING r.Version",
        ["ReadReminderRowsKey"] = $"{Rows} AND GrainId = @GrainId",
        ["ReadReminderRowKey"] = $"{Rows} AND GrainId = @GrainId AND ReminderName = @ReminderName",
        ["ReadRangeRows1Key"] = $"{Rows} AND GrainHash > @BeginHash AND GrainHash <= @EndHash",
        ["ReadRangeRows2Key"] = $"{Rows} AND (GrainHash > @BeginHash OR GrainHash <= @EndHash)",
        ["DeleteReminderRowKey"] =
            "WITH gone AS (DELETE FROM OrleansRemindersTable WHERE ServiceId = @ServiceId AND GrainId = @GrainId AND ReminderName = @ReminderName "
            + "AND Version = @Version RETURNING 1) SELECT EXISTS (SELECT 1 FROM gone)",
        ["DeleteReminderRowsKey"] = "DELETE FROM OrleansRemindersTable WHERE ServiceId = @ServiceId",
    };
}
