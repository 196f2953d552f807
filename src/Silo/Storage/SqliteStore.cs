using Microsoft.Data.Sqlite;

namespace Granary.Silo.Storage;

/// <summary>An embedded database file for Orleans' ADO.NET providers.</summary>
internal static class SqliteStore
{
    /// <summary>The name under which Orleans knows Microsoft.Data.Sqlite.</summary>
    public const string Invariant = "System.Data.SQLite";

    /// <summary>Makes the tables and queries where they are missing; silos that start side by side wait for one another.</summary>
    /// <param name="path">The file.</param>
    /// <param name="script">Makes tables and queries.</param>
    /// <param name="seconds">How long a call waits for one that another process is making.</param>
    /// <returns>The connection string.</returns>
    public static string Create(string path, string script, int seconds = 5)
    {
        // Without pooling a batch that failed cannot leave its transaction to the next user of the connection.
        var connectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = seconds }.ToString();
        using var connection = new SqliteConnection(connectionString);
        connection.Open();
        Execute(connection, "PRAGMA busy_timeout = 10000");
        Execute(connection, "PRAGMA journal_mode = WAL");
        Execute(connection, "BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS OrleansQuery (QueryKey TEXT PRIMARY KEY, QueryText TEXT NOT NULL);"
            + script + "COMMIT;");
        return connectionString;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>The statement that stores one of the queries Orleans looks up by name.</summary>
    public static string Query(string key, string sql) =>
        $"INSERT OR REPLACE INTO OrleansQuery VALUES ('{key}', '{sql.Replace("'", "''", StringComparison.Ordinal)}');\n";
}
