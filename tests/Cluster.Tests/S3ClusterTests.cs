using System.Diagnostics;
using System.Globalization;
using Granary.Tests.Support;

namespace Granary.Cluster.Tests;

/// <summary>Silos that lose their disks with them: records are in PostgreSQL, checkpoints on S3.</summary>
[Collection(RecoveryScenario.ManyAtOnce)]
public sealed class S3ClusterTests : IDisposable
{
    private static readonly string[] Job = StoreJobs.Digits(150, "training.checkpoint.steps=200", "training.checkpoint.seconds=0");

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
    private readonly PostgresServer _database = PostgresServer.Start();

    public void Dispose()
    {
        _database.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private (string, string)[] Variables(S3Server server) =>
    [
        ("GRANARY_STORE", "postgres"), ("GRANARY_POSTGRES", _database.Connection), ("GRANARY_CLUSTER", "test"), ("GRANARY_CHECKPOINTS", $"s3://{S3Server.Bucket}/checkpoints"),
        .. server.Variables,
    ];

    [LongFact]
    public async Task A_job_goes_on_from_S3_when_more_silos_are_lost_with_their_disks_than_replicas_cover()
    {
        var expected = await SiloCluster.Undisturbed(Job);
        await using var server = await S3Server.Start();
        using var cluster = new SiloCluster(_folder, Variables(server));
        await cluster.Run("store", "init");
        cluster.Start("one", "two", "three");
        var job = await cluster.Submit(Job);
        await cluster.Reaches(job, 600);
        cluster.Lose("one", "two");
        cluster.Start("four", "five");
        Assert.Equal(expected, await cluster.End(job));
        Assert.Contains(server.Requests, r => r.StartsWith("GET checkpoints/", StringComparison.Ordinal) && r.Contains(".bin", StringComparison.Ordinal));
        var why = await cluster.Run("why", job);
        Assert.Contains("checkpoint of step ", why.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(S3Server.Secret, cluster.Said, StringComparison.Ordinal);

        // Nothing of the job is left there, once it is cleaned up.
        for (var since = Stopwatch.StartNew(); !server.Objects.IsEmpty;)
        {
            Assert.True(since.Elapsed < TimeSpan.FromMinutes(1), "the ended job's checkpoints are still in the store");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    // All silos with all their disks, while the store is down: the job waits, and why says for what.
    [LongFact]
    public async Task A_job_waits_for_S3_when_every_silo_was_lost_and_the_store_is_down()
    {
        var expected = await SiloCluster.Undisturbed(Job);
        await using var server = await S3Server.Start();
        using var cluster = new SiloCluster(_folder, Variables(server));
        await cluster.Run("store", "init");
        cluster.Start("one", "two");
        var job = await cluster.Submit(Job);
        await cluster.Reaches(job, 600);
        cluster.Lose("one", "two");
        await server.Down();
        cluster.Start("three");
        Assert.Contains("warning: s3://granary/checkpoints cannot be reached", cluster.Silo("three").Errors, StringComparison.Ordinal);
        for (var since = Stopwatch.StartNew(); !(await cluster.Run("why", job)).Output.Contains("cannot be read now", StringComparison.Ordinal);)
        {
            Assert.True(since.Elapsed < TimeSpan.FromMinutes(4), "why does not say that the store is down");
        }

        await server.Up();
        Assert.Equal(expected, await cluster.End(job));
        Assert.True(await cluster.Number(job, "recoveries") >= 1);
    }

    // Each for a while, out of space for a minute; then silos are lost with their disks while a checkpoint is sent.
    [LongFact]
    public async Task A_store_that_fails_in_every_way_is_named_and_loses_nothing()
    {
        string[] job = StoreJobs.Digits(2500, "training.checkpoint.steps=500", "training.checkpoint.seconds=0");
        var expected = await SiloCluster.Undisturbed(job);
        await using var server = await S3Server.Start();
        using var cluster = new SiloCluster(_folder, Variables(server));
        await cluster.Run("store", "init");
        cluster.Start("one", "two", "three");
        var id = await cluster.Submit(job);
        await Sends(server);
        foreach (var (fault, seconds, cause) in new[] { (S3Fault.Full, 60, "507"), (S3Fault.InternalError, 10, "500"), (S3Fault.SlowDown, 10, "503"), (S3Fault.Drop, 10, "cannot be reached") })
        {
            server.Fault = _ => fault;
            await Task.Delay(TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken);
            await WhySays(cluster, id, cause);
            server.Fault = _ => S3Fault.None;
            await Sends(server);
        }

        server.Fault = _ => S3Fault.Late;
        await Sends(server);
        server.Fault = _ => S3Fault.None;

        // From then on nothing of an upload is finished.
        server.Fault = request => request.StartsWith("PUT ", StringComparison.Ordinal) ? S3Fault.DropHalf : S3Fault.None;
        for (var before = server.Requests.Count; !server.Requests.Skip(before).Any(r => r.StartsWith("PUT ", StringComparison.Ordinal));)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        cluster.Lose("one", "two");
        server.Fault = _ => S3Fault.None;
        cluster.Start("four", "five");
        Assert.Equal(expected, await cluster.End(id));
        Assert.True(await cluster.Number(id, "recoveries") >= 1, "the job had ended before its silos were lost");
        Assert.DoesNotContain("Damaged checkpoints", (await cluster.Run("why", id)).Output, StringComparison.Ordinal);
    }

    // A part of a checkpoint has arrived.
    private static async Task Sends(S3Server server)
    {
        var before = server.Objects.Keys.ToHashSet();
        for (var since = Stopwatch.StartNew(); server.Objects.Keys.All(before.Contains);)
        {
            Assert.True(since.Elapsed < TimeSpan.FromMinutes(3), "no checkpoint is written any more");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    private static async Task WhySays(SiloCluster cluster, string job, string cause)
    {
        for (var since = Stopwatch.StartNew(); !((await cluster.Run("why", job)).Output is var why && why.Contains("s3://granary/checkpoints", StringComparison.Ordinal) && why.Contains(cause, StringComparison.Ordinal));)
        {
            Assert.True(since.Elapsed < TimeSpan.FromMinutes(3), $"why does not say: {cause}");
        }
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_ends_the_start_with_one_message()
    {
        await using var server = await S3Server.Start();
        using var silo = new CommandLine(_folder, [.. server.Variables, ("GRANARY_CHECKPOINTS", "s3://elsewhere/x")], ["silo", "--name", "one", "--threads", "1"]);
        Assert.Equal(2, await silo.Exit());
        Assert.Equal(
            "The checkpoint store cannot be used: s3://elsewhere/x answers 404 NoSuchBucket: there is no bucket elsewhere. Make the bucket, or name another one in --checkpoints (GRANARY_CHECKPOINTS).",
            silo.Errors.Trim().Split('\n')[^1].ToString(CultureInfo.InvariantCulture));
    }
}
