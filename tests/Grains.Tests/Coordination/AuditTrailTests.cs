using Granary.Contracts;

namespace Granary.Grains.Tests.Coordination;

/// <summary>The audit logs of silos of several machines as one.</summary>
public sealed class AuditTrailTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static AuditEntry Entry(int second, string silo, string? call = null, string result = "done") =>
        new(DateTimeOffset.UnixEpoch.AddSeconds(second), "ada", "operator", "10.0.0.1", "job.cancel", null, result, 202, silo, call);

    [Fact]
    public async Task Entries_of_all_silos_are_told_in_order_and_silos_that_cannot_say_are_named()
    {
        var started = 0;
        using var end = new ManualResetEventSlim();
        await using var cluster = await GranaryCluster.Deploy(5, _folder, shape: silo => silo with
        {
            Audit = Interlocked.Increment(ref started) switch
            {
                1 => most => [.. new[] { Entry(1, "a"), Entry(4, "a"), Entry(7, "shared") }.TakeLast(most)],
                2 => most => [.. new[] { Entry(2, "b"), Entry(3, "b"), Entry(7, "shared") }.TakeLast(most)],
                3 => _ => throw new IOException("the disk is broken"),
                4 => _ =>
                {
                    end.Wait(); // the disk does not answer
                    return [];
                }
                ,
                _ => null,
            },
        });
        var grain = cluster.Client.GetGrain<IClusterGrain>(0);
        var trail = await grain.Audit(10, except: null);
        Assert.Equal([Entry(1, "a"), Entry(2, "b"), Entry(3, "b"), Entry(4, "a"), Entry(7, "shared")], trail.Entries);
        Assert.Equal(2, trail.Silent.Count);
        var few = await grain.Audit(2, except: trail.Silent[0]);
        Assert.Equal([Entry(4, "a"), Entry(7, "shared")], few.Entries);
        Assert.Equal([trail.Silent[1]], few.Silent);
        end.Set();
    }

    // A folder that two silos read at two moments.
    [Fact]
    public void A_call_that_is_answered_between_two_looks_is_there_once()
    {
        AuditEntry[] entries = [Entry(1, "a", "1", AuditEntry.Asked), Entry(3, "a", "2", AuditEntry.Asked), Entry(2, "a", "1"), Entry(3, "a", "2", AuditEntry.Asked), Entry(4, "a")];
        Assert.Equal([Entry(2, "a", "1"), Entry(3, "a", "2", AuditEntry.Asked), Entry(4, "a")], AuditTrail.Newest(entries, 10));
    }
}
