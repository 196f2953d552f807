using Npgsql;

namespace Granary.Cluster.Tests;

/// <summary>A cluster whose members and records are in PostgreSQL.</summary>
[Collection(RecoveryScenario.ManyAtOnce)]
public sealed class PostgresTests : IDisposable
{
    private static readonly string[] Job = StoreJobs.Digits(epochs: 150);

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
    private readonly PostgresServer _database = PostgresServer.Start();

    public void Dispose()
    {
        _database.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private (string, string)[] Variables(string? password = null) =>
    [
        ("GRANARY_STORE", "postgres"), ("GRANARY_POSTGRES", _database.With(password ?? PostgresServer.Password)), ("GRANARY_CLUSTER", "test"),
        ("GRANARY_CHECKPOINTS", Path.Combine(_folder, "checkpoints")), // a directory that all silos see
    ];

    private CommandLine Command(params string[] arguments) => new(_folder, Variables(), arguments);

    [Fact]
    public async Task Tables_are_asked_for_made_once_and_known_again()
    {
        using (var early = Command("silo", "--name", "early", "--threads", "1"))
        {
            Assert.Equal(2, await early.Exit());
            Assert.Contains("has no tables of Granary yet: run once, with the same GRANARY_POSTGRES: granary store init", early.Errors, StringComparison.Ordinal);
        }

        // Two at once.
        using (var one = Command("store", "init"))
        using (var two = Command("store", "init"))
        {
            await one.Succeeds();
            await two.Succeeds();
            Assert.Single([one.Output, two.Output], o => o.Contains("has the tables of version 1, made now", StringComparison.Ordinal));
            Assert.Single([one.Output, two.Output], o => o.Contains("has the tables of version 1 already", StringComparison.Ordinal));
        }

        using (var stranger = new CommandLine(_folder, Variables("wrong-but-secret"), ["silo", "--name", "stranger", "--threads", "1"]))
        {
            Assert.Equal(2, await stranger.Exit());
            Assert.Contains("GRANARY_POSTGRES", stranger.Errors, StringComparison.Ordinal);
            Assert.DoesNotContain("wrong-but-secret", stranger.Errors + stranger.Output, StringComparison.Ordinal);
        }

        // A newer build's are not touched.
        Execute("UPDATE GranarySchema SET Version = 99");
        foreach (var command in new[] { new[] { "store", "init" }, ["silo", "--name", "old", "--threads", "1"] })
        {
            using var old = Command(command);
            Assert.Equal(2, await old.Exit());
            Assert.Contains("version 99, of a newer Granary", old.Errors, StringComparison.Ordinal);
        }

        using var help = Command("silo", "--help");
        await help.Succeeds();
        Assert.DoesNotContain(PostgresServer.Password, help.Output + help.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "needs a database, which GRANARY_POSTGRES (--postgres) names")]
    [InlineData("Database=granary", "names no host")]
    [InlineData("Host=127.0.0.1;Password=a;b1c2d3", "is no connection string")]
    [InlineData("Host=127.0.0.1;Port=1;Database=granary;Username=granary;Password=b1c2d3", "at 127.0.0.1:1 cannot be used: ")]
    public async Task What_cannot_be_used_is_told_without_the_password(string connection, string message)
    {
        using var silo = new CommandLine(_folder, [("GRANARY_STORE", "postgres"), ("GRANARY_POSTGRES", connection)], ["silo", "--name", "one"]);
        Assert.Equal(2, await silo.Exit());
        Assert.Contains(message, silo.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("b1c2d3", silo.Errors, StringComparison.Ordinal);
    }

    // Compare and swap, with the queries that Orleans is given.
    [Fact]
    public async Task Of_two_writes_at_once_one_counts()
    {
        using (var init = Command("store", "init"))
        {
            await init.Succeeds();
        }

        for (var round = 0; round < 20; round++)
        {
            var grain = $"grain-{round}";
            var first = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Write(grain, null, (byte)i)));
            Assert.Equal([1], first.OfType<int>());
            var second = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Write(grain, 1, (byte)(10 + i))));
            Assert.Equal([1, 1, 1, 2], second.OfType<int>().Order()); // the version that a writer had tells it that it was too late
            Assert.Equal(1, await Write(grain, 1, 99)); // its own: too late again
            Assert.Equal((byte)(10 + Array.IndexOf(second, 2)), Stored(grain));
        }
    }

    private async Task<int?> Write(string grain, int? version, byte payload)
    {
        await using var connection = new NpgsqlConnection(_database.Connection);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(await Query(connection, "WriteToStorageKey"), connection);
        command.Parameters.AddWithValue("GrainIdHash", 1);
        command.Parameters.AddWithValue("GrainIdN0", 0L);
        command.Parameters.AddWithValue("GrainIdN1", 0L);
        command.Parameters.AddWithValue("GrainTypeHash", 2);
        command.Parameters.AddWithValue("GrainTypeString", "grain");
        command.Parameters.AddWithValue("GrainIdExtensionString", grain);
        command.Parameters.AddWithValue("ServiceId", "test");
        command.Parameters.AddWithValue("PayloadBinary", new[] { payload });
        command.Parameters.Add(new NpgsqlParameter("GrainStateVersion", NpgsqlTypes.NpgsqlDbType.Integer) { Value = (object?)version ?? DBNull.Value });
        return await command.ExecuteScalarAsync() as int?;
    }

    private static async Task<string> Query(NpgsqlConnection connection, string key)
    {
        await using var command = new NpgsqlCommand("SELECT QueryText FROM OrleansQuery WHERE QueryKey = $1", connection);
        command.Parameters.AddWithValue(key);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private byte Stored(string grain)
    {
        using var connection = new NpgsqlConnection(_database.Connection);
        connection.Open();
        using var command = new NpgsqlCommand("SELECT PayloadBinary FROM OrleansStorage WHERE GrainIdExtensionString = $1", connection);
        command.Parameters.AddWithValue(grain);
        return ((byte[])command.ExecuteScalar()!).Single();
    }

    private void Execute(string sql)
    {
        using var connection = new NpgsqlConnection(_database.Connection);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    [LongFact]
    public async Task A_job_goes_on_when_a_silo_is_killed_and_when_the_database_is_restarted()
    {
        var expected = await SiloCluster.Undisturbed(Job);
        using var cluster = new SiloCluster(_folder, Variables());
        await cluster.Run("store", "init");
        cluster.Start("one", "two", "three");
        var job = await cluster.Submit(Job);
        await cluster.Reaches(job, 100);
        cluster.Lose("two");
        await cluster.Reaches(job, 300);
        _database.Down();
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken); // longer than a silo that does not answer is borne
        _database.Up();
        Assert.Equal(expected, await cluster.End(job));
        Assert.True(await cluster.Number(job, "recoveries") >= 1);
        await cluster.Run("why", job);
        await cluster.Run("status");
        foreach (var silo in new[] { "one", "three" })
        {
            cluster.Silo(silo).Signal("TERM");
            Assert.Equal(0, await cluster.Silo(silo).Exit());
        }

        Assert.DoesNotContain(PostgresServer.Password, cluster.Said, StringComparison.Ordinal);
    }
}
