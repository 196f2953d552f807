using System.Globalization;
using Granary.Jobs;
using Granary.Silo.Hosting;
using Npgsql;

namespace Granary.Silo.Storage.Postgres;

/// <summary>PostgreSQL, for clusters of several machines.</summary>
internal sealed class PostgresClusterStore : IClusterStore
{
    // The name under which Orleans knows Npgsql.
    private const string Invariant = "Npgsql";

    // Seconds: a job says soon that its state is not stored, and a silo that it cannot start. What the connection string says comes later, and wins.
    private const string Defaults = "Application Name=granary;Timeout=5;Command Timeout=10;Keepalive=10;";

    /// <inheritdoc/>
    public string Name => "postgres";

    /// <inheritdoc/>
    public string Describe(ClusterStoreSettings settings)
    {
        var database = Connection(settings);
        return string.Create(CultureInfo.InvariantCulture, $"PostgreSQL at {database.Host}:{database.Port}");
    }

    /// <inheritdoc/>
    public void Configure(ISiloBuilder silo, ClusterStoreSettings settings)
    {
        var database = Connection(settings);
        On(database, connection =>
        {
            PostgresSchema.Check(connection);
            return true;
        });
        silo.UseAdoNetClustering(o => (o.Invariant, o.ConnectionString) = (Invariant, database.ConnectionString));
        silo.AddAdoNetGrainStorageAsDefault(o => (o.Invariant, o.ConnectionString) = (Invariant, database.ConnectionString));
        silo.UseAdoNetReminderService(o => (o.Invariant, o.ConnectionString) = (Invariant, database.ConnectionString));
    }

    /// <inheritdoc/>
    public string Prepare(ClusterStoreSettings settings)
    {
        var database = Connection(settings);
        var before = On(database, PostgresSchema.Apply);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"the PostgreSQL database {database.Database} at {database.Host}:{database.Port} has the tables of version {PostgresSchema.Version}{(before is null ? ", made now" : before < PostgresSchema.Version ? $", which were of version {before}" : " already")}");
    }

    private static NpgsqlConnectionStringBuilder Connection(ClusterStoreSettings settings)
    {
        const string Form = "give it as Host=...;Database=...;Username=...;Password=...";
        if (settings.Postgres.Length == 0)
        {
            throw new JobException($"--store postgres needs a database, which GRANARY_POSTGRES (--postgres) names: {Form}.");
        }

        try
        {
            var database = new NpgsqlConnectionStringBuilder(Defaults + settings.Postgres);
            return database.Host is { Length: > 0 } ? database : throw new JobException($"GRANARY_POSTGRES (--postgres) names no host: {Form}.");
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException)
        {
            // What is wrong with it may be a part of the password: it is not repeated.
            throw new JobException($"GRANARY_POSTGRES (--postgres) is no connection string: {Form}.");
        }
    }

    private static T On<T>(NpgsqlConnectionStringBuilder database, Func<NpgsqlConnection, T> work)
    {
        try
        {
            using var connection = new NpgsqlConnection(database.ConnectionString);
            connection.Open();
            return work(connection);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw new JobException(string.Create(
                CultureInfo.InvariantCulture,
                $"The PostgreSQL database {database.Database} at {database.Host}:{database.Port} cannot be used: {ErrorLine.Of(e)}. Look at GRANARY_POSTGRES (--postgres) and at the server."));
        }
    }
}
