using System.Net;
using Granary.Grains.Liveness;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;

namespace Granary.Grains.Tests;

/// <summary>How lateness widens what is allowed before a silo is taken for dead, by a clock that only the test moves.</summary>
public sealed class PatienceTests
{
    private readonly FakeTimeProvider _clock = new();

    private double Seconds => (_clock.GetUtcNow() - _clock.Start).TotalSeconds;

    [Theory]
    [InlineData(0, 1)] // nobody is late: as fast as ever
    [InlineData(0.04, 1)]
    [InlineData(0.1, 1)] // a busy machine's usual hiccup
    [InlineData(0.5, 5)]
    [InlineData(2.2, 22)] // as measured beside 20 busy processes
    [InlineData(6, 30)] // there is an end to it
    [InlineData(3600, 30)]
    public void Patience_is_ten_times_the_lateness_between_one_and_thirty_seconds(double lateness, double patience) =>
        Assert.Equal(patience, PatienceRule.Of(TimeSpan.FromSeconds(lateness)).TotalSeconds, 6);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(5, 1)] // every core busy with the silos' own threads
    [InlineData(50, 10)]
    [InlineData(1e9, 30)]
    public void Threads_that_wait_for_the_processor_are_late(double waits, double patience) =>
        Assert.Equal(patience, PatienceRule.Of(PatienceRule.Lateness(waits)).TotalSeconds, 6);

    [Fact]
    public void The_greater_lateness_of_both_ends_counts_for_a_while()
    {
        var patience = new Patience(_clock);
        Assert.Equal(1, patience.Current.TotalSeconds, 6);
        Assert.False(patience.IsStretched);

        patience.Measured(TimeSpan.FromSeconds(0.3));
        Assert.Equal(3, patience.Current.TotalSeconds, 6);
        _clock.Advance(TimeSpan.FromSeconds(4));
        patience.Told(TimeSpan.FromSeconds(0.8));
        patience.Measured(TimeSpan.FromSeconds(0.001));
        Assert.Equal(8, patience.Current.TotalSeconds, 6);
        Assert.Equal(0.3, patience.OwnLateness.TotalSeconds, 6); // what others say is not passed on
        Assert.Equal(24, patience.Stretch(TimeSpan.FromSeconds(3)).TotalSeconds, 6);

        _clock.Advance(TimeSpan.FromSeconds(3)); // the first asked for 3 s of patience, and counts for twice as long; the second for 16 s
        Assert.Equal(0, patience.OwnLateness.TotalSeconds, 6);
        Assert.Equal(8, patience.Current.TotalSeconds, 6);
        _clock.Advance(TimeSpan.FromSeconds(12.9));
        Assert.Equal(8, patience.Current.TotalSeconds, 6);
        _clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(1, patience.Current.TotalSeconds, 6);
    }

    [Fact]
    public void A_silo_that_joins_is_given_time()
    {
        var patience = new Patience(_clock);
        var joiner = SiloAddress.New(IPAddress.Loopback, 11111, 1);
        patience.Joining([joiner]);
        Assert.Equal(5, patience.Current.TotalSeconds, 6);
        patience.Measured(TimeSpan.FromSeconds(0.9));
        Assert.Equal(9, patience.Current.TotalSeconds, 6);
        _clock.Advance(TimeSpan.FromSeconds(18.1));
        Assert.Equal(5, patience.Current.TotalSeconds, 6);
        patience.Joining([]);
        Assert.Equal(1, patience.Current.TotalSeconds, 6);
    }

    [Fact]
    public void A_silo_that_never_comes_to_the_end_of_joining_is_given_half_a_minute()
    {
        var patience = new Patience(_clock);
        var joiner = SiloAddress.New(IPAddress.Loopback, 11111, 1);
        patience.Joining([joiner]);
        _clock.Advance(TimeSpan.FromSeconds(29));
        patience.Joining([joiner]); // seen again
        Assert.Equal(5, patience.Current.TotalSeconds, 6);
        _clock.Advance(TimeSpan.FromSeconds(1.1));
        Assert.Equal(1, patience.Current.TotalSeconds, 6);
        patience.Joining([joiner, SiloAddress.New(IPAddress.Loopback, 11111, 2)]); // started again
        Assert.Equal(5, patience.Current.TotalSeconds, 6);
    }

    [Fact]
    public void Others_are_told_of_a_lateness_only_while_it_is_fresh()
    {
        var patience = new Patience(_clock);
        patience.Measured(TimeSpan.FromSeconds(0.8));
        _clock.Advance(TimeSpan.FromSeconds(2.9));
        Assert.Equal(0.8, patience.FreshLateness.TotalSeconds, 6);
        _clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(0, patience.FreshLateness.TotalSeconds, 6);
        Assert.Equal(0.8, patience.OwnLateness.TotalSeconds, 6); // it counts here for 16 s
    }

    [Fact]
    public void The_largest_of_the_last_while_is_what_all_values_of_that_while_say()
    {
        static TimeSpan Lasts(TimeSpan value) => TimeSpan.FromSeconds(1) + (20 * value);

        var random = new Random(5);
        var (peak, all) = (new RecentPeak(Lasts, _clock), new List<(double At, double Value)>());
        for (var i = 0; i < 5000; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(random.NextDouble()));
            var value = random.NextDouble() * random.NextDouble();
            peak.Add(TimeSpan.FromSeconds(value));
            all.Add((Seconds, value));
            Assert.Equal(all.Where(v => Seconds - v.At <= Lasts(TimeSpan.FromSeconds(v.Value)).TotalSeconds).Max(v => v.Value), peak.Value.TotalSeconds, 1e-6); // times are whole ticks
        }
    }

    // A probe reads the shortest and the longest time one after the other, at any moment: Orleans would stop probing for ever
    // where the one was longer than the other.
    [Fact]
    public void The_shortest_probe_is_never_longer_than_the_longest_one()
    {
        var (probing, joining) = (new ClusterMembershipOptions(), new ClusterMembershipOptions());
        FailureDetection.Fast(probing);
        Assert.Equal((0.5, 1), (probing.MinProbeTimeout.TotalSeconds, probing.MaxProbeTimeout.TotalSeconds)); // as fast as ever
        var (times, random) = (new ProbeTimes(probing, joining, _clock), new Random(3));
        for (var i = 0; i < 2000; i++)
        {
            var (shortest, longest) = (probing.MinProbeTimeout, probing.MaxProbeTimeout);
            var patience = TimeSpan.FromSeconds(random.Next(1, 31));
            times.Follow(patience);
            Assert.True(shortest <= probing.MaxProbeTimeout, "read before, and after it");
            Assert.True(probing.MinProbeTimeout <= probing.MaxProbeTimeout);
            Assert.True(longest >= shortest);
            Assert.Equal(patience, joining.ProbeTimeout);
            Assert.Equal(patience / 2, probing.MinProbeTimeout);
            _clock.Advance(TimeSpan.FromSeconds(0.1));
        }

        times.Follow(PatienceRule.Shortest);
        _clock.Advance(TimeSpan.FromSeconds(2.1));
        times.Follow(PatienceRule.Shortest);
        Assert.Equal((0.5, 1), (probing.MinProbeTimeout.TotalSeconds, probing.MaxProbeTimeout.TotalSeconds));
    }

    [Fact]
    public void Waiting_is_counted_thread_by_thread_and_one_that_has_ended_takes_nothing_away()
    {
        var folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
        try
        {
            void Thread(string id, long ran, long waited) => File.WriteAllText(
                Path.Combine(Directory.CreateDirectory(Path.Combine(folder, id)).FullName, "schedstat"), $"{ran} {waited} 7\n");

            var waits = new ProcessorWaits(folder);
            Thread("1", 1_000_000_000, 2_000_000_000);
            Thread("2", 500_000_000, 1_000_000_000);
            Assert.Equal(2, waits.Look(), 6);
            Thread("1", 1_100_000_000, 7_000_000_000); // ran 0.1 s more, waited 5 s
            Directory.Delete(Path.Combine(folder, "2"), recursive: true);
            Assert.Equal(50, waits.Look(), 6);
            Thread("1", 1_100_000_001, 7_050_000_000); // 50 ms are no sign of anything
            Assert.Equal(0, waits.Look(), 6);
            Thread("1", 900_000_000, 1_000_000_000); // another thread that was given the same id
            Assert.Equal(0, waits.Look(), 6);
            Thread("1", 1_000_000_000, 2_000_000_000);
            Assert.Equal(10, waits.Look(), 6);
            Assert.Equal(0, new ProcessorWaits(Path.Combine(folder, "none")).Look()); // a system that does not count
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
