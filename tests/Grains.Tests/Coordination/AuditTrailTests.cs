using Granary.Contracts;

namespace Granary.Grains.Tests.Coordination;

/// <summary>The audit logs of silos of several machines as one.</summary>
public sealed class AuditTrailTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static AuditEntry Entry(int second, string silo) =>
        new(DateTimeOffset.UnixEpoch.AddSeconds(second), "ada", "operator", "10.0.0.1", "job.cancel", null, "done", 202, silo);

    [Fact]
    public async Task Entries_of_all_silos_are_told_in_order_and_a_silo_that_cannot_say_is_named()
    {
        var started = 0;
        await using var cluster = await GranaryCluster.Deploy(4, _folder, shape: silo => silo with
        {
            Audit = Interlocked.Increment(ref started) switch
            {
                1 => most => [.. new[] { Entry(1, "a"), Entry(4, "a"), Entry(7, "shared") }.TakeLast(most)],
                2 => most => [.. new[] { Entry(2, "b"), Entry(3, "b"), Entry(7, "shared") }.TakeLast(most)],
                3 => _ => throw new IOException("the disk is broken"),
                _ => null,
            },
        });
        var grain = cluster.Client.GetGrain<IClusterGrain>(0);
        var trail = await grain.Audit(10);
        Assert.Equal([Entry(1, "a"), Entry(2, "b"), Entry(3, "b"), Entry(4, "a"), Entry(7, "shared")], trail.Entries);
        Assert.Single(trail.Silent);
        Assert.Equal([Entry(4, "a"), Entry(7, "shared")], (await grain.Audit(2)).Entries);
    }
}
