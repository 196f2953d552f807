using System.Globalization;
using Granary.Jobs;
using Npgsql;

namespace Granary.Silo.Storage.Postgres;

/// <summary>The tables and queries that a cluster needs in a PostgreSQL database, and their version.</summary>
internal static class PostgresSchema
{
    /// <summary>Of what this build makes and needs.</summary>
    public const int Version = 1;

    // Whoever makes the tables holds this lock: two that do so at once follow each other.
    private const long Lock = 0x6772616E617279; // "granary"

    private const string Tables = "CREATE TABLE IF NOT EXISTS OrleansQuery (QueryKey text PRIMARY KEY, QueryText text NOT NULL);\n"
        + PostgresMembership.Tables + PostgresGrainState.Tables + PostgresReminders.Tables
        + "CREATE TABLE IF NOT EXISTS GranarySchema (Version int NOT NULL);\n";

    /// <summary>Makes them, or brings them to this build's version; all or nothing. Doing so again changes nothing.</summary>
    /// <param name="connection">An open connection.</param>
    /// <returns>The version that was there before; null: none.</returns>
    /// <exception cref="JobException">They are of a newer build.</exception>
    public static int? Apply(NpgsqlConnection connection)
    {
        using var transaction = connection.BeginTransaction();
        Execute(connection, $"SELECT pg_advisory_xact_lock({Lock.ToString(CultureInfo.InvariantCulture)})");
        var before = Found(connection);
        if (before > Version)
        {
            throw Newer(before.Value);
        }

        Execute(connection, Tables);
        foreach (var (key, text) in PostgresMembership.Queries.Concat(PostgresGrainState.Queries).Concat(PostgresReminders.Queries))
        {
            Execute(connection, "INSERT INTO OrleansQuery VALUES ($1, $2) ON CONFLICT (QueryKey) DO UPDATE SET QueryText = excluded.QueryText", key, text);
        }

        Execute(connection, "DELETE FROM GranarySchema");
        Execute(connection, "INSERT INTO GranarySchema VALUES ($1)", Version);
        transaction.Commit();
        return before;
    }

    /// <summary>Refuses a database whose tables are not those of this build.</summary>
    /// <param name="connection">An open connection.</param>
    /// <exception cref="JobException">They are missing, older or newer.</exception>
    public static void Check(NpgsqlConnection connection)
    {
        switch (Found(connection))
        {
            case null:
                throw new JobException("The PostgreSQL database has no tables of Granary yet: run once, with the same GRANARY_POSTGRES: granary store init --store postgres");
            case < Version and var older:
                throw new JobException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The PostgreSQL database has tables of version {older}, and this build needs version {Version}: run once, with the same GRANARY_POSTGRES: granary store init --store postgres"));
            case > Version and var newer:
                throw Newer(newer);
        }
    }

    private static JobException Newer(int version) => new(string.Create(
        CultureInfo.InvariantCulture, $"The PostgreSQL database has tables of version {version}, of a newer Granary; this one knows version {Version}. Use the newer one."));

    private static int? Found(NpgsqlConnection connection)
    {
        using var there = new NpgsqlCommand("SELECT to_regclass('granaryschema') IS NOT NULL", connection);
        if (there.ExecuteScalar() is not true)
        {
            return null;
        }

        using var version = new NpgsqlCommand("SELECT max(Version) FROM GranarySchema", connection);
        return version.ExecuteScalar() as int?;
    }

    private static void Execute(NpgsqlConnection connection, string sql, params object[] values)
    {
        using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value);
        }

        command.ExecuteNonQuery();
    }
}
