using System.Collections.Immutable;
using System.Net;
using System.Threading.Channels;
using Granary.Grains.Workers;

namespace Granary.Grains.Tests;

public sealed class LossWatchTests
{
    private readonly Channel<ClusterMembershipSnapshot> _updates = System.Threading.Channels.Channel.CreateUnbounded<ClusterMembershipSnapshot>();
    private readonly Channel<string> _calls = System.Threading.Channels.Channel.CreateUnbounded<string>();
    private int _refusals;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private LossWatch Watch(params string[] jobs) => new(_updates.Reader.ReadAllAsync(Token), () => jobs, job =>
    {
        if (Interlocked.Decrement(ref _refusals) >= 0)
        {
            throw new SiloUnavailableException("the call went to the silo that was lost");
        }

        Assert.True(_calls.Writer.TryWrite(job));
        return Task.CompletedTask;
    });

    private void Publish(int version, params (int Port, SiloStatus Status)[] silos) => _updates.Writer.TryWrite(new ClusterMembershipSnapshot(
        silos.Select(s => new ClusterMember(SiloAddress.New(IPAddress.Loopback, s.Port, 1), s.Status, $"silo-{s.Port}"))
            .ToImmutableDictionary(m => m.SiloAddress),
        new MembershipVersion(version)));

    [Fact]
    public async Task Coordinators_are_called_once_for_each_silo_that_is_lost()
    {
        using var watch = Watch("a", "b");
        Publish(1, (1, SiloStatus.Active), (2, SiloStatus.Joining));
        Publish(2, (1, SiloStatus.Active), (2, SiloStatus.Active), (3, SiloStatus.Active)); // who comes is no loss
        Publish(3, (1, SiloStatus.Active), (2, SiloStatus.Dead), (3, SiloStatus.Active));
        Assert.Equal(["a", "b"], [await _calls.Reader.ReadAsync(Token), await _calls.Reader.ReadAsync(Token)]);
        Publish(4, (1, SiloStatus.Active), (3, SiloStatus.Active)); // the dead one is forgotten
        Publish(5, (1, SiloStatus.Active));
        Assert.Equal(["a", "b"], [await _calls.Reader.ReadAsync(Token), await _calls.Reader.ReadAsync(Token)]);
        Assert.False(_calls.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_call_that_fails_is_made_again()
    {
        _refusals = 3;
        using var watch = Watch("a");
        Publish(1, (1, SiloStatus.Active), (2, SiloStatus.Active));
        Publish(2, (1, SiloStatus.Active), (2, SiloStatus.Dead));
        Assert.Equal("a", await _calls.Reader.ReadAsync(Token));
        Assert.Equal(-1, _refusals);
    }
}
