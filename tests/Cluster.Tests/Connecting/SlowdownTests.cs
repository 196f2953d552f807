using Granary.Sdk.Connecting;

namespace Granary.Cluster.Tests;

public class SlowdownTests
{
    [Fact]
    public void Threads_that_waited_as_long_as_they_ran_take_twice_the_time() =>
        Assert.Equal(2, Slowdown.Of(["300 100 5\n", "200 400 7\n"]));

    [Theory]
    [InlineData("")]
    [InlineData("what is this")]
    [InlineData("0 500 1")]
    public void What_tells_nothing_slows_nothing(string schedule) => Assert.Equal(1, Slowdown.Of([schedule]));

    [Fact]
    public void This_process_is_read() => Assert.True(Slowdown.OfThisProcess() >= 1);

    [Fact]
    public void Patience_grows_with_it_and_ends()
    {
        Assert.Equal(TimeSpan.FromSeconds(10), ClusterConnection.Stretch(TimeSpan.FromSeconds(10), 1));
        Assert.Equal(TimeSpan.FromSeconds(25), ClusterConnection.Stretch(TimeSpan.FromSeconds(10), 2.5));
        Assert.Equal(TimeSpan.FromSeconds(60), ClusterConnection.Stretch(TimeSpan.FromSeconds(10), 50));
        Assert.Equal(TimeSpan.FromSeconds(60), ClusterConnection.Stretch(TimeSpan.FromSeconds(60), 3));
    }
}
